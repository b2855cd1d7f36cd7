//! The nearest neighbours of a code, and how well they predict its class.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use rayon::prelude::*;

use super::code_moments::CodeMoments;
use super::sketch::{self, Sketch};

/// Test codes compared at once by a thread.
const TEST_PER_BLOCK: usize = 128;

/// Training codes compared at once: with [`TEST_PER_BLOCK`] test codes, half a megabyte of products.
const TRAIN_PER_BLOCK: usize = 1_024;

/// Training codes beyond the nearest `k` whose distances are found in double precision before `k` are chosen.
const SPARE: usize = 11;

/// Relative error of a squared distance in single precision, at most.
const ROUNDING: f32 = 1e-3;

/// Error of a squared distance of sketches, as a share of the squared lengths of both, at most.
const ROUNDING_OF_SKETCHES: f32 = 1e-4;

/// If more than one in this many training codes may be a neighbour by its sketch, comparing all of them is quicker.
const MOST_CANDIDATES: usize = 16;

/// Values of a code that are compared side by side.
const LANES: usize = 16;

/// Share of test codes whose class is that of most of their `k` nearest training codes, 0..1, by Euclidean
/// distance and over all pairs.
///
/// Of classes with as many neighbours the one with the nearest neighbour wins (scikit-learn takes the one with the
/// smallest label); of neighbours as near the one that comes first in the training split. So the answer depends on
/// nothing but the arguments. Where there are fewer than `k` training codes, all are neighbours. `None` if a split is
/// empty or a value is not finite.
///
/// The candidates, `k` and eleven more, are found by `|t|² − 2 q·t` in single precision with the training mean taken
/// off, which is right to about a millionth of `|q|² + |t|²`; their order by differences in double precision. Of large
/// codes all that a sketch (`sketch.rs`) leaves possible are candidates, which are few if most variance lies along few directions.
///
/// # Shapes
/// Codes `[n, size]`, row by row, with labels `[n]`.
///
/// # Panics
/// When `size` or `k` is zero, or codes and labels do not fit.
#[must_use]
pub fn knn_accuracy(
    train_codes: &[f32],
    train_labels: &[u8],
    test_codes: &[f32],
    test_labels: &[u8],
    size: usize,
    k: usize,
) -> Option<f64> {
    assert!(k > 0, "no neighbours were asked for");
    let train = Cloud::new(train_codes, train_labels, size);
    let test = Cloud::new(test_codes, test_labels, size);
    let is_finite = |cloud: &Cloud| cloud.codes.iter().all(|value| value.is_finite());
    if train.labels.is_empty() || test.labels.is_empty() || !is_finite(&train) || !is_finite(&test)
    {
        return None;
    }
    let mean = CodeMoments::of(train_codes, size).mean;
    let centred_train = centred(train.codes, &mean);
    let centred_test = centred(test.codes, &mean);
    let squared_lengths = squared_lengths(&centred_train, size);
    let bounds = Bounds::of(&centred_train, &centred_test, size);
    let n_right: usize = centred_test
        .par_chunks(TEST_PER_BLOCK * size)
        .zip(test.codes.par_chunks(TEST_PER_BLOCK * size))
        .zip(test.labels.par_chunks(TEST_PER_BLOCK))
        .enumerate()
        .map(|(block_idx, ((codes, queries), labels))| {
            let bounds = bounds.as_ref();
            let by_bounds = bounds.and_then(|of| of.nearest(block_idx, queries, train.codes, k));
            let ranked = by_bounds.unwrap_or_else(|| {
                let nearest = nearest(codes, &centred_train, &squared_lengths, k + SPARE);
                let both = nearest.iter().zip(queries.chunks_exact(size));
                both.map(|(near, query)| {
                    let places = near.iter().map(|near| near.train_idx);
                    ranked_by_distance(places, train.codes, query)
                })
                .collect()
            });
            let votes = ranked.into_iter().map(|mut near| {
                near.truncate(k);
                vote(&near, train.labels)
            });
            let verdicts = votes
                .zip(labels)
                .map(|(class, &label)| class == Some(label));
            verdicts.map(usize::from).sum::<usize>()
        })
        .sum();
    let share = n_right as f64 / test.labels.len() as f64;
    Some(share)
}

/// The `k` codes nearest to each query by Euclidean distance: their places and distances, nearest first. No
/// neighbours where there are no codes or a value is not finite.
///
/// # Shapes
/// `codes` `[n, size]` and `queries` `[m, size]`, row by row; a list for each query.
///
/// # Panics
/// When `size` or `k` is zero.
#[must_use]
pub fn nearest_codes(
    codes: &[f32],
    queries: &[f32],
    size: usize,
    k: usize,
) -> Vec<Vec<(usize, f32)>> {
    assert!(k > 0 && size > 0, "neighbours of codes were asked for");
    let mut finite = codes.iter().chain(queries);
    if codes.is_empty() || !finite.all(|value| value.is_finite()) {
        return vec![Vec::new(); queries.len() / size];
    }
    let mean = CodeMoments::of(codes, size).mean;
    let (centred_codes, centred_queries) = (centred(codes, &mean), centred(queries, &mean));
    let squared_lengths = squared_lengths(&centred_codes, size);
    let nearest = centred_queries
        .chunks(TEST_PER_BLOCK * size)
        .flat_map(|queries| nearest(queries, &centred_codes, &squared_lengths, k));
    nearest
        .zip(queries.chunks_exact(size))
        .map(|(near, query)| {
            let places = near.iter().map(|near| near.train_idx);
            let ranked = ranked_by_distance(places, codes, query).into_iter();
            let found = ranked.map(|(idx, squared)| (idx, squared.sqrt() as f32));
            found.collect()
        })
        .collect()
}

/// Places and squared distances of neighbours in double precision, nearest first, of those as near the first first.
///
/// # Shapes
/// `codes` `[n, size]`, `query` `[size]`.
fn ranked_by_distance(
    places: impl Iterator<Item = usize>,
    codes: &[f32],
    query: &[f32],
) -> Vec<(usize, f64)> {
    let size = query.len();
    let squared = |idx: usize| {
        let code = &codes[idx * size..][..size];
        let pairs = code.iter().zip(query);
        let squares = pairs.map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2));
        (idx, squares.sum())
    };
    let mut found: Vec<(usize, f64)> = places.map(squared).collect();
    found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    found
}

/// `[n]` of codes `[n, size]`.
fn squared_lengths(codes: &[f32], size: usize) -> Vec<f32> {
    let squared_length = |code: &[f32]| code.iter().map(|value| value * value).sum();
    codes.par_chunks_exact(size).map(squared_length).collect()
}

/// Points that stand for codes and lie no farther from one another.
struct Bounds {
    /// `[n_train, sketch::WIDTH]`.
    train: Vec<f32>,
    /// Of these: `[n_train]`.
    squared_lengths: Vec<f32>,
    /// `[n_test, sketch::WIDTH]`.
    test: Vec<f32>,
}

impl Bounds {
    /// Of centred codes `[n, size]`; `None` where comparing codes in full is as quick.
    fn of(train: &[f32], test: &[f32], size: usize) -> Option<Self> {
        let sketch = Sketch::of(train, size)?;
        let train = sketch.points(train);
        Some(Self {
            squared_lengths: squared_lengths(&train, sketch::WIDTH),
            train,
            test: sketch.points(test),
        })
    }

    /// The `k` codes next to each query of a block, nearest first, with their squared distances; `None` if the points
    /// leave too many possible.
    ///
    /// # Shapes
    /// `queries` `[m, size]` and `codes` `[n_train, size]`, not centred.
    fn nearest(
        &self,
        block_idx: usize,
        queries: &[f32],
        codes: &[f32],
        k: usize,
    ) -> Option<Vec<Vec<(usize, f64)>>> {
        let n_train = self.squared_lengths.len();
        let size = codes.len() / n_train;
        let points = self
            .test
            .chunks(TEST_PER_BLOCK * sketch::WIDTH)
            .nth(block_idx)?;
        let n_queries = points.len() / sketch::WIDTH;
        let mut products = vec![0.0_f32; n_queries * n_train];
        matmul(
            MatMut::from_row_major_slice_mut(&mut products, n_queries, n_train),
            Accum::Replace,
            MatRef::from_row_major_slice(points, n_queries, sketch::WIDTH),
            MatRef::from_row_major_slice(&self.train, n_train, sketch::WIDTH).transpose(),
            1.0,
            Par::Seq,
        );
        let code = |idx: usize| &codes[idx * size..][..size];
        let rows = queries
            .chunks_exact(size)
            .zip(points.chunks_exact(sketch::WIDTH));
        let mut n_candidates = 0;
        let mut found = Vec::with_capacity(n_queries);
        for (products, (query, point)) in products.chunks_exact(n_train).zip(rows) {
            let mut likely = Vec::with_capacity(k + SPARE + 1);
            keep_nearest(&mut likely, products, &self.squared_lengths, 0, k + SPARE);
            let distances = likely
                .iter()
                .map(|near| in_single(code(near.train_idx), query));
            let limit = kth_smallest(distances.collect(), k);
            let squared_length: f32 = point.iter().map(|value| value * value).sum();
            let candidates = products.iter().zip(&self.squared_lengths).enumerate();
            let candidates = candidates.filter_map(|(idx, (product, of_train))| {
                let both = squared_length + of_train;
                let bound = both - 2.0 * product - ROUNDING_OF_SKETCHES * both;
                (bound <= limit).then_some(idx)
            });
            let candidates: Vec<usize> = candidates.collect();
            n_candidates += candidates.len();
            if n_candidates * MOST_CANDIDATES > n_queries * n_train {
                return None;
            }
            let distances: Vec<f32> = candidates
                .iter()
                .map(|&idx| in_single(code(idx), query))
                .collect();
            let limit = kth_smallest(distances.clone(), k);
            let near = candidates.iter().zip(&distances);
            let near = near.filter(|(_, distance)| **distance <= limit);
            found.push(ranked_by_distance(near.map(|(&idx, _)| idx), codes, query));
        }
        Some(found)
    }
}

/// A squared distance, in single precision.
fn in_single(code: &[f32], query: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    for (code, query) in code.chunks(LANES).zip(query.chunks(LANES)) {
        for ((sum, a), b) in sums.iter_mut().zip(code).zip(query) {
            *sum += (a - b) * (a - b);
        }
    }
    sums.iter().sum()
}

/// The `k`-th smallest of some squared distances, or the largest of fewer, and as much more as rounding may be.
fn kth_smallest(mut distances: Vec<f32>, k: usize) -> f32 {
    let place = k.min(distances.len()) - 1;
    let (_, found, _) = distances.select_nth_unstable_by(place, f32::total_cmp);
    *found * (1.0 + ROUNDING) + f32::MIN_POSITIVE
}

/// Codes that belong to labels.
struct Cloud<'a> {
    /// `[n, size]`.
    codes: &'a [f32],
    /// `[n]`.
    labels: &'a [u8],
}

impl<'a> Cloud<'a> {
    fn new(codes: &'a [f32], labels: &'a [u8], size: usize) -> Self {
        assert!(size > 0, "a code has values");
        assert_eq!(codes.len(), labels.len() * size, "a code for each label");
        Self { codes, labels }
    }
}

/// A training code and how near it is.
#[derive(Clone, Copy)]
struct Neighbour {
    /// Squared distance less what is the same for all neighbours of a code.
    distance: f32,
    /// Place among the training codes.
    train_idx: usize,
}

/// Codes `[n, size]` less `mean` `[size]`.
fn centred(codes: &[f32], mean: &[f64]) -> Vec<f32> {
    let mut centred = codes.to_vec();
    centred.par_chunks_exact_mut(mean.len()).for_each(|code| {
        for (value, mean) in code.iter_mut().zip(mean) {
            let offset = (f64::from(*value) - mean) as f32;
            *value = offset;
        }
    });
    centred
}

/// The `k` training codes next to each of some test codes, nearest first.
///
/// # Shapes
/// `codes` `[n, size]`, `train` `[n_train, size]`, `squared_lengths` `[n_train]`.
fn nearest(codes: &[f32], train: &[f32], squared_lengths: &[f32], k: usize) -> Vec<Vec<Neighbour>> {
    let size = train.len() / squared_lengths.len();
    let n_codes = codes.len() / size;
    let mut found = vec![Vec::with_capacity(k.min(squared_lengths.len()) + 1); n_codes];
    let mut products = vec![0.0_f32; n_codes * TRAIN_PER_BLOCK];
    let blocks = train
        .chunks(TRAIN_PER_BLOCK * size)
        .zip(squared_lengths.chunks(TRAIN_PER_BLOCK));
    for (block_idx, (block, squared_lengths)) in blocks.enumerate() {
        let n_train = squared_lengths.len();
        let products = &mut products[..n_codes * n_train];
        matmul(
            MatMut::from_row_major_slice_mut(products, n_codes, n_train),
            Accum::Replace,
            MatRef::from_row_major_slice(codes, n_codes, size),
            MatRef::from_row_major_slice(block, n_train, size).transpose(),
            1.0,
            Par::Seq,
        );
        for (found, products) in found.iter_mut().zip(products.chunks_exact(n_train)) {
            let first_idx = block_idx * TRAIN_PER_BLOCK;
            keep_nearest(found, products, squared_lengths, first_idx, k);
        }
    }
    found
}

/// Puts what is nearer than the farthest of `found` in its place, and keeps `k`.
fn keep_nearest(
    found: &mut Vec<Neighbour>,
    products: &[f32],
    squared_lengths: &[f32],
    first_idx: usize,
    k: usize,
) {
    let mut farthest = found.get(k - 1).map_or(f32::INFINITY, |last| last.distance);
    for (idx, (product, squared_length)) in products.iter().zip(squared_lengths).enumerate() {
        let distance = squared_length - 2.0 * product;
        if distance < farthest {
            let place = found.partition_point(|near| near.distance <= distance);
            let train_idx = first_idx + idx;
            found.insert(
                place,
                Neighbour {
                    distance,
                    train_idx,
                },
            );
            found.truncate(k);
            if found.len() == k {
                farthest = found[k - 1].distance;
            }
        }
    }
}

/// The class of most neighbours, given nearest first; of equals the one met first.
fn vote(nearest: &[(usize, f64)], train_labels: &[u8]) -> Option<u8> {
    let mut votes = [0_usize; 256];
    for &(idx, _) in nearest {
        votes[usize::from(train_labels[idx])] += 1;
    }
    let most = votes.iter().max()?;
    let classes = nearest.iter().map(|&(idx, _)| train_labels[idx]);
    let mut winners = classes.filter(|class| votes[usize::from(*class)] == *most);
    winners.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_on_a_line_vote_as_counted_by_hand() {
        let train = [0.0, 1.0, 2.0, 10.0, 11.0];
        let labels = [0, 1, 1, 2, 2];
        // The nearest of 0.1 is a 0, but two of the three nearest are 1.
        let accuracy =
            |at: f32, label: u8, k: usize| knn_accuracy(&train, &labels, &[at], &[label], 1, k);
        assert_eq!(accuracy(0.1, 0, 1), Some(1.0));
        assert_eq!(accuracy(0.1, 1, 3), Some(1.0));
        assert_eq!(accuracy(0.1, 0, 3), Some(0.0));
        assert_eq!(accuracy(30.0, 2, 3), Some(1.0));
        // Two against two: the class of the nearest wins. More than there are: all vote.
        assert_eq!(accuracy(6.1, 2, 4), Some(1.0));
        assert_eq!(accuracy(5.9, 1, 4), Some(1.0));
        assert_eq!(accuracy(0.0, 1, 50), Some(1.0));
    }

    #[test]
    fn the_first_of_equally_near_neighbours_counts() {
        let train = [1.0, 0.0, -1.0, 0.0, 0.0, 1.0];
        assert_eq!(
            knn_accuracy(&train, &[7, 8, 9], &[0.0; 2], &[7], 2, 1),
            Some(1.0)
        );
        assert_eq!(
            knn_accuracy(&train, &[9, 8, 7], &[0.0; 2], &[9], 2, 2),
            Some(1.0)
        );
    }

    #[test]
    fn near_ties_far_from_the_mean_are_told_apart_exactly() {
        // Single precision of |t|² ≈ 1e14 leaves 1e7, far more than these squared distances differ by.
        let train = [1e7, 1e7 + 3.0, 1e7 + 1.0, -1e7, -1e7];
        let labels = [0, 1, 2, 3, 3];
        let accuracy = |label: u8| knn_accuracy(&train, &labels, &[1e7 + 2.0], &[label], 1, 1);
        assert_eq!(accuracy(1), Some(1.0)); // 1 and 2 are as near: the one that comes first
        assert_eq!(accuracy(0), Some(0.0));
    }

    #[test]
    fn blocks_agree_with_all_pairs_in_double_precision() {
        let mut state = 5_u32;
        let mut draw = |n: usize| -> Vec<f32> {
            let values = (0..n).map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                f32::from((state >> 16).to_le_bytes()[0]) + 3_000.0 // far from zero
            });
            values.collect()
        };
        // More than a block of each, and neither a whole number of blocks.
        let (n_train, n_test, size) = (2_100, 150, 7);
        let (train, test) = (draw(n_train * size), draw(n_test * size));
        let label = |idx: usize| (idx % 10).to_le_bytes()[0];
        let train_labels: Vec<u8> = (0..n_train).map(label).collect();
        let nearest_label = |code: &[f32]| {
            let distances = train.chunks_exact(size).map(|other| -> f64 {
                let pairs = code.iter().zip(other);
                pairs.map(|(a, b)| f64::from(a - b).powi(2)).sum()
            });
            let nearest = distances.enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
            label(nearest.expect("there are codes").0)
        };
        let test_labels: Vec<u8> = test.chunks_exact(size).map(nearest_label).collect();
        let accuracy = knn_accuracy(&train, &train_labels, &test, &test_labels, size, 1);
        assert_eq!(accuracy, Some(1.0));
    }

    /// Large codes: most are told apart by sketches, and those that fill their space are compared in full.
    #[test]
    fn sketches_change_no_answer() {
        let (n_train, n_test, size) = (1_500, 150, 160);
        let label = |idx: usize| (idx % 7).to_le_bytes()[0];
        for n_directions in [3_u16, 160] {
            let value = |row: usize, at: usize, seed: f64| {
                let waves = (0..n_directions).map(|direction| {
                    let speed = 0.01 + 0.37 * f64::from(direction);
                    ((row as f64 + seed) * speed * 1.7).sin() * (at as f64 * speed).cos()
                });
                waves.sum::<f64>() as f32 + 100.0
            };
            let codes = |n: usize, seed: f64| -> Vec<f32> {
                let all = (0..n).flat_map(|row| (0..size).map(move |at| (row, at)));
                all.map(|(row, at)| value(row, at, seed)).collect()
            };
            let (train, test) = (codes(n_train, 0.0), codes(n_test, 0.4));
            let train_labels: Vec<u8> = (0..n_train).map(label).collect();
            // Of all pairs, in double precision.
            let all: Vec<Vec<(usize, f64)>> = test
                .chunks_exact(size)
                .map(|query| ranked_by_distance(0..n_train, &train, query))
                .collect();
            let votes = all.iter().map(|near| vote(&near[..5], &train_labels));
            let test_labels: Vec<u8> = votes.map(|class| class.expect("a vote")).collect();
            let accuracy = knn_accuracy(&train, &train_labels, &test, &test_labels, size, 5);
            assert_eq!(accuracy, Some(1.0), "{n_directions} directions");

            let mean = CodeMoments::of(&train, size).mean;
            let bounds = Bounds::of(&centred(&train, &mean), &centred(&test, &mean), size);
            let bounds = bounds.expect("codes are large and many");
            let queries = &test[..TEST_PER_BLOCK * size];
            let Some(found) = bounds.nearest(0, queries, &train, 5) else {
                assert_eq!(n_directions, 160, "few directions leave few possible");
                continue;
            };
            for (found, all) in found.iter().zip(&all) {
                assert_eq!(found[..5], all[..5]);
            }
        }
    }

    #[test]
    fn the_nearest_codes_are_those_of_all_pairs_with_their_distances() {
        let codes = [0.0, 0.0, 3.0, 4.0, 100.0, 100.0, 0.0, 1.0];
        let found = nearest_codes(&codes, &[0.0, 0.0, 99.0, 100.0], 2, 3);
        assert_eq!(found[0], [(0, 0.0), (3, 1.0), (1, 5.0)]);
        assert_eq!(found[1][0], (2, 1.0));
        assert_eq!(nearest_codes(&codes, &[0.0, 0.0], 2, 9)[0].len(), 4);
        assert_eq!(nearest_codes(&codes, &[f32::NAN, 0.0], 2, 3), [[]]);
        assert_eq!(nearest_codes(&[], &[1.0, 0.0], 2, 3), [[]]);
    }

    #[test]
    fn nothing_to_compare_has_no_accuracy() {
        assert_eq!(knn_accuracy(&[], &[], &[1.0], &[0], 1, 1), None);
        assert_eq!(knn_accuracy(&[1.0], &[0], &[], &[], 1, 1), None);
        assert_eq!(knn_accuracy(&[f32::NAN], &[0], &[1.0], &[0], 1, 1), None);
        assert_eq!(
            knn_accuracy(&[1.0], &[0], &[f32::INFINITY], &[0], 1, 1),
            None
        );
    }
}
