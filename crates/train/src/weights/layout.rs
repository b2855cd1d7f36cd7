//! Which way round weights lie: a row for each input in the model, one for each unit in PyTorch.

use crate::readback::ParameterValues;

/// A fully connected layer's shape the other way round, any other as it is.
pub fn torch_shape(shape: &[usize]) -> Vec<usize> {
    match *shape {
        [inputs, outputs] => vec![outputs, inputs],
        _ => shape.to_vec(),
    }
}

pub fn in_torch_layout(parameter: &ParameterValues) -> Vec<f32> {
    match *parameter.shape.as_slice() {
        [inputs, outputs] => transposed(&parameter.values, inputs, outputs),
        _ => parameter.values.clone(),
    }
}

/// # Shapes
/// `[rows, columns] → [columns, rows]`, row by row
pub fn transposed(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    let value = |row: usize, column: usize| values[row * columns + column];
    (0..columns)
        .flat_map(|column| (0..rows).map(move |row| value(row, column)))
        .collect()
}
