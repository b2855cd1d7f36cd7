//! Which images are learned from and which are measured with, drawn alike from every class.

/// The next number of a sequence that is the same everywhere (`SplitMix64`; Steele, Lea and Flood 2014).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut value = *state;
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// The places of each class, each in an order of its own.
fn shuffled(labels: &[u8], seed: u64) -> Vec<Vec<usize>> {
    let n_classes = labels.iter().max().map_or(0, |most| usize::from(*most) + 1);
    let mut places = vec![Vec::new(); n_classes];
    for (place, label) in labels.iter().enumerate() {
        places[usize::from(*label)].push(place);
    }
    let mut state = seed;
    for places in &mut places {
        let mut keyed: Vec<(u64, usize)> = places
            .iter()
            .map(|place| (next(&mut state), *place))
            .collect();
        keyed.sort_unstable();
        *places = keyed.into_iter().map(|(_, place)| place).collect();
    }
    places
}

/// A share of each class, rounded, but one at least where there are two, and one left: the places that are in it, and
/// the others, both in order.
pub(super) fn split(labels: &[u8], percent: u8, seed: u64) -> [Vec<usize>; 2] {
    let [mut chosen, mut others] = [Vec::new(), Vec::new()];
    for places in shuffled(labels, seed) {
        let n = places.len();
        let share = (n * usize::from(percent) + 50) / 100;
        let n_chosen = if n < 2 { 0 } else { share.clamp(1, n - 1) };
        chosen.extend(&places[..n_chosen]);
        others.extend(&places[n_chosen..]);
    }
    chosen.sort_unstable();
    others.sort_unstable();
    [chosen, others]
}

/// At most this many of them, from all classes in their proportions; the places, in order.
pub(super) fn sample(labels: &[u8], most: usize, seed: u64) -> Vec<usize> {
    if labels.len() <= most {
        return (0..labels.len()).collect();
    }
    let mut chosen = Vec::new();
    let (mut n_seen, mut n_due) = (0, 0);
    for places in shuffled(labels, seed) {
        n_seen += places.len();
        let due = (n_seen as u128 * most as u128 / labels.len() as u128) as usize;
        chosen.extend(places.into_iter().take(due - n_due));
        n_due = due;
    }
    chosen.sort_unstable();
    chosen
}

/// What is said of a sample.
pub(super) fn sample_note(limit: usize, n_all: usize) -> String {
    format!("a sample of {limit} of {n_all} images, alike from all classes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> Vec<u8> {
        (0..100)
            .map(|at| if at < 70 { 0 } else { u8::from(at < 99) + 1 })
            .collect()
    }

    #[test]
    fn every_class_has_its_share_in_both_parts() {
        let labels = labels(); // 70 of class 0, 29 of class 2, one of class 1
        let [test, train] = split(&labels, 20, 1);
        let count = |places: &[usize], class: u8| {
            places
                .iter()
                .filter(|place| labels[**place] == class)
                .count()
        };
        assert_eq!([0, 1, 2].map(|class| count(&test, class)), [14, 0, 6]);
        assert_eq!(test.len() + train.len(), 100);
        assert!(test.is_sorted() && train.is_sorted());
        assert_eq!(split(&labels, 20, 1), [test.clone(), train]);
        assert_ne!(split(&labels, 20, 2)[0], test);
        assert_eq!(split(&[0, 0], 1, 1)[0].len(), 1);
    }

    #[test]
    fn a_sample_keeps_proportions() {
        let labels = labels();
        let chosen = sample(&labels, 50, 3);
        assert_eq!(chosen.len(), 50);
        assert_eq!(
            chosen.iter().filter(|place| labels[**place] == 0).count(),
            35
        );
        assert!(chosen.is_sorted() && chosen.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(sample(&labels, 1000, 3).len(), 100);
    }
}
