//! Texts with values in them: the template that a formatted text was made from, and the values.

/// An English text, or template, and its Chinese one.
pub(super) type Text = (&'static str, &'static str);

/// How a value of a template is translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueKind {
    /// `{}`: not at all.
    Verbatim,
    /// `{~}`: where the catalogue knows it.
    Text,
    /// `{!}`: the template does not fit unless the catalogue knows it.
    KnownText,
}

/// A template, split at its values.
#[derive(Debug)]
pub(super) struct Template {
    /// What stands before the first value.
    head: &'static str,
    /// Each value, and what stands after it; only that of the last one may be empty.
    values: Vec<(ValueKind, &'static str)>,
    /// The Chinese template: `{}` takes the values in their order, `{1}` the second one.
    zh: &'static str,
}

impl Template {
    /// Splits an English template; `None` where it has no value.
    pub(super) fn parse(en: &'static str, zh: &'static str) -> Option<Self> {
        let mut parts = en.split('{');
        let head = parts.next()?;
        let value = |part: &'static str| {
            let (kind, tail) = part.split_once('}')?;
            let kind = match kind {
                "" => ValueKind::Verbatim,
                "~" => ValueKind::Text,
                _ => ValueKind::KnownText,
            };
            Some((kind, tail))
        };
        let values: Vec<_> = parts.filter_map(value).collect();
        (!values.is_empty()).then_some(Self { head, values, zh })
    }

    /// Bytes that a text must have in common with the template: one that fixes more is the better match.
    pub(super) fn fixed(&self) -> usize {
        self.head.len() + self.values.iter().map(|(_, tail)| tail.len()).sum::<usize>()
    }

    /// Takes the values out of a text that has this template's form. A value ends where the text after it first stands; none is empty.
    /// A name or number at the start is one word: more would be the end of another sentence.
    pub(super) fn find_values<'t>(&self, text: &'t str) -> Option<Vec<(ValueKind, &'t str)>> {
        let ((last, end), before) = self.values.split_last()?;
        let mut rest = text.strip_prefix(self.head)?;
        let mut values = Vec::with_capacity(self.values.len());
        for (kind, tail) in before {
            let (value, after) = rest.split_once(tail)?;
            values.push((*kind, value));
            rest = after;
        }
        values.push((*last, rest.strip_suffix(end)?));
        let begins_in_a_sentence = self.head.is_empty()
            && matches!(values.first(), Some((ValueKind::Verbatim, value)) if value.contains(char::is_whitespace));
        let fits = !begins_in_a_sentence && values.iter().all(|(_, value)| !value.is_empty());
        fits.then_some(values)
    }

    /// Writes the Chinese text with these values.
    pub(super) fn fill(&self, values: &[String]) -> String {
        let mut text = String::new();
        let (mut rest, mut next) = (self.zh, 0);
        while let Some((before, (inside, after))) =
            rest.split_once('{').and_then(|(before, from)| Some((before, from.split_once('}')?)))
        {
            let index = inside.parse().unwrap_or(next);
            next = index + 1;
            push_spaced(&mut text, before);
            push_spaced(&mut text, values.get(index).map_or("", String::as_str));
            rest = after;
        }
        push_spaced(&mut text, rest);
        text
    }
}

/// Appends a piece, with a space between a Chinese character and a Latin letter, digit or mark.
fn push_spaced(text: &mut String, piece: &str) {
    let is_han = |one: char| ('\u{4e00}'..='\u{9fff}').contains(&one);
    if let (Some(last), Some(first)) = (text.chars().last(), piece.chars().next())
        && ((is_han(last) && first.is_ascii_graphic()) || (last.is_ascii_graphic() && is_han(first)))
    {
        text.push(' ');
    }
    text.push_str(piece);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translate(en: &'static str, zh: &'static str, text: &str) -> Option<String> {
        let template = Template::parse(en, zh)?;
        let values: Vec<_> =
            template.find_values(text)?.into_iter().map(|(_, value)| value.to_owned()).collect();
        Some(template.fill(&values))
    }

    /// A text fits as a whole or not at all.
    #[test]
    fn values_are_taken_from_a_text_of_the_same_form_only() {
        let (en, zh) = ("{} must be {}, not {}", "{0}应为 {1}，而不是 {2}");
        assert_eq!(
            translate(en, zh, "title must be short, not 61").as_deref(),
            Some("title 应为 short，而不是 61")
        );
        for other in [
            "title must be short",
            " must be short, not 61",
            "title must be short, not ",
            "no: title must be short, not 61",
            "",
        ] {
            assert_eq!(translate(en, zh, other), None, "{other}");
        }
        assert_eq!(translate("{} tags", "{} 个标签", "11 tags").as_deref(), Some("11 个标签"));
        assert_eq!(translate("{} tags", "{} 个标签", "11 tags more"), None);
        assert!(Template::parse("no value", "没有").is_none());
    }

    /// Chinese names some values in another order, or not at all.
    #[test]
    fn the_chinese_text_orders_the_values() {
        let en = "{} states {}, and the object's is {}";
        assert_eq!(
            translate(en, "对象为 {2}，{0} 为 {1}", "a states b, and the object's is c").as_deref(),
            Some("对象为 c，a 为 b")
        );
        assert_eq!(translate(en, "{0}；{}", "a states b, and the object's is c").as_deref(), Some("a；b"));
    }
}
