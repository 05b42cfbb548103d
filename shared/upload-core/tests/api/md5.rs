//! MD5s as text.

use upload_core::Md5;

#[test]
fn md5_reads_both_cases_and_refuses_what_is_not_32_digits() {
    let md5 = Md5::from_hex("D41D8CD98F00B204E9800998ECF8427E").expect("32 digits");
    assert_eq!(md5.to_string(), "d41d8cd98f00b204e9800998ecf8427e");
    assert_eq!(Md5::from_hex("d41d8cd9"), None);
    assert_eq!(Md5::from_hex("zz1d8cd98f00b204e9800998ecf8427e"), None);
    assert_eq!(Md5::from_hex("+41d8cd98f00b204e9800998ecf8427e"), None);
}
