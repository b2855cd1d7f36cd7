//! The order of names that people expect: 2 before 10, and capitals beside small letters.

use std::cmp::Ordering;
use std::iter::Peekable;
use std::str::Chars;

/// Compares two names: runs of digits by their value, all else letter by letter without regard to case. Names that
/// are equal so far are told apart by leading zeros, then by case, so that the order is always the same.
pub fn compare(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.chars().peekable(), b.chars().peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (None, None) => break,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(l), Some(r)) if l.is_ascii_digit() && r.is_ascii_digit() => {
                let [l, r] = [&mut left, &mut right].map(number);
                l.len().cmp(&r.len()).then_with(|| l.cmp(&r))
            }
            (Some(&l), Some(&r)) => {
                left.next();
                right.next();
                l.to_lowercase().cmp(r.to_lowercase())
            }
        };
        if order.is_ne() {
            return order;
        }
    }
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Takes a run of digits off the front, of any length, and gives it without its leading zeros.
fn number(name: &mut Peekable<Chars<'_>>) -> String {
    while name.next_if_eq(&'0').is_some() {}
    let mut digits = String::new();
    while let Some(digit) = name.next_if(char::is_ascii_digit) {
        digits.push(digit);
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_in_the_order_people_expect() {
        let expected = [
            "1.png", "02.png", "2b.png", "3.png", "10.png", "a.png", "B.png", "b1.png", "B2.png",
            "b010.png", "c", "c0", "c00", "ä1", "ä2",
        ];
        let mut names = expected;
        names.reverse();
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(names, expected);
        let long = ["9".repeat(40), format!("1{}", "0".repeat(40))];
        assert_eq!(compare(&long[0], &long[1]), Ordering::Less);
    }
}
