//! How well a text answers what a person has typed: best if each typed word begins one of its words; otherwise by its
//! letters in their order, the closer together and the nearer to the beginnings of words the better.

/// What it is worth that each typed word begins a word: more than any scattered letters.
const WORDS: i32 = 1000;

/// What a letter at the beginning of a word is worth beside one within.
const WORD: i32 = 8;
/// What a letter right behind the one before is worth.
const NEXT: i32 = 6;
/// What a letter costs that is jumped over, up to [`MAX_GAP`] of them.
const GAP: i32 = 1;
/// Most letters that a jump is charged for.
const MAX_GAP: usize = 8;

/// The score of a text, larger is better; `None` if the letters of `query` are not in it in their order. Capitals
/// do not matter, and neither do blanks in the query.
#[must_use]
pub fn score(query: &str, text: &str) -> Option<i32> {
    let letters: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let wanted: Vec<char> = query
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    if wanted.is_empty() {
        return Some(0);
    }
    // best[place]: the best score of the letters so far with the last of them at `place`.
    let mut best: Vec<Option<i32>> = vec![None; letters.len()];
    for (nth, &letter) in wanted.iter().enumerate() {
        let mut next = vec![None; letters.len()];
        for place in (0..letters.len()).filter(|&place| letters[place] == letter) {
            let worth = if begins_word(&letters, place) {
                WORD
            } else {
                0
            };
            let before = if nth == 0 {
                Some(-cost(place))
            } else {
                let reached = best[..place].iter().enumerate();
                reached
                    .filter_map(|(at, score)| {
                        let gap = place - at - 1;
                        let step = if gap == 0 { NEXT } else { -cost(gap) };
                        score.map(|score| score + step)
                    })
                    .max()
            };
            next[place] = before.map(|before| before + worth);
        }
        best = next;
    }
    let words = if words_begin(query, text) { WORDS } else { 0 };
    // Of two texts that answer alike, the shorter one is meant.
    let length = i32::try_from(letters.len()).unwrap_or(i32::MAX) / 8;
    let best = best.into_iter().flatten().max()?;
    Some(best - length + words)
}

/// Whether each typed word begins a word of the text, in any order.
fn words_begin(query: &str, text: &str) -> bool {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let typed = query.to_lowercase();
    typed
        .split(|c: char| !c.is_alphanumeric())
        .all(|typed| words.iter().any(|word| word.starts_with(typed)))
}

fn cost(gap: usize) -> i32 {
    GAP * i32::try_from(gap.min(MAX_GAP)).unwrap_or(0)
}

fn begins_word(letters: &[char], place: usize) -> bool {
    place == 0 || !letters[place - 1].is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best<'a>(query: &str, texts: &[&'a str]) -> Option<&'a str> {
        let scored = texts
            .iter()
            .filter_map(|text| Some((score(query, text)?, *text)));
        scored.max_by_key(|(score, _)| *score).map(|(_, text)| text)
    }

    #[test]
    fn letters_have_to_come_in_their_order() {
        assert!(score("lr", "learning rate").is_some());
        assert!(score("rl", "learn").is_none());
        assert!(score("xyz", "learning rate").is_none());
        assert_eq!(score("", "anything"), Some(0));
        assert_eq!(score("  ", "anything"), Some(0));
        assert_eq!(score("a", ""), None);
    }

    #[test]
    fn beginnings_of_words_and_neighbours_win() {
        let texts = ["learning rate", "layer-wise pre-training", "loss, linear"];
        assert_eq!(best("lr", &texts), Some("learning rate"));
        assert_eq!(best("learn", &texts), Some("learning rate"));
        assert_eq!(best("pre", &texts), Some("layer-wise pre-training"));
        let presets = ["Sparse, L1", "Sparse, KL", "Step one batch"];
        assert_eq!(best("sparse k", &presets), Some("Sparse, KL"));
        assert_eq!(best("SPARSE L", &presets), Some("Sparse, L1"));
    }

    #[test]
    fn words_that_begin_as_typed_come_before_scattered_letters() {
        let texts = ["Export latent scatter…", "Save run as…", "Learning rate…"];
        assert_eq!(best("ra", &texts), Some("Learning rate…"));
        let texts = ["Show Latent space", "Train on the processor", "Patience…"];
        assert_eq!(best("pa", &texts), Some("Patience…"));
        assert_eq!(
            best("space latent", &["latent"]),
            None,
            "but letters keep their order"
        );
    }

    #[test]
    fn of_two_that_answer_alike_the_shorter_one_is_first() {
        let texts = ["Train until the goal of epochs and on", "Train"];
        assert_eq!(best("train", &texts), Some("Train"));
    }
}
