//! Writes XML by hand: the answers are flat, and the field order is the service's.

use quick_xml::escape::escape;

pub(crate) struct XmlWriter {
    text: String,
    open: Vec<&'static str>,
}

impl XmlWriter {
    pub(crate) fn new(root: &'static str) -> Self {
        let mut xml =
            Self { text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), open: Vec::new() };
        xml.open(root);
        xml
    }

    pub(crate) fn open(&mut self, name: &'static str) -> &mut Self {
        self.tag("<", name);
        self.open.push(name);
        self
    }

    pub(crate) fn close(&mut self) -> &mut Self {
        if let Some(name) = self.open.pop() {
            self.tag("</", name);
        }
        self
    }

    pub(crate) fn text(&mut self, name: &str, value: impl AsRef<str>) -> &mut Self {
        self.tag("<", name);
        self.text.push_str(&escape(value.as_ref()));
        self.tag("</", name);
        self
    }

    fn tag(&mut self, start: &str, name: &str) {
        self.text.push_str(start);
        self.text.push_str(name);
        self.text.push('>');
    }

    pub(crate) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }
}
