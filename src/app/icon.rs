//! The window's icon, drawn rather than stored: an hourglass.

use egui::IconData;

/// Width and height, in pixels.
const SIDE: u32 = 128;
/// Samples along each side of a pixel, for smooth edges.
const N_SUB: u32 = 4;

/// Red, green, blue of the ground, the glass and the sand.
const GROUND: [f32; 3] = [24.0, 52.0, 106.0];
const GLASS: [f32; 3] = [236.0, 242.0, 252.0];
const SAND: [f32; 3] = [245.0, 176.0, 82.0];

/// Draws the icon.
#[must_use]
pub(super) fn icon() -> IconData {
    let mut rgba = Vec::with_capacity((SIDE * SIDE * 4) as usize);
    let n_samples = (N_SUB * N_SUB) as f32;
    for row in 0..SIDE {
        for column in 0..SIDE {
            let mut sum = [0.0; 4];
            for sample in 0..N_SUB * N_SUB {
                let offset = |idx: u32| (idx as f32 + 0.5) / N_SUB as f32;
                let x = (column as f32 + offset(sample % N_SUB)) / SIDE as f32 * 2.0 - 1.0;
                let y = (row as f32 + offset(sample / N_SUB)) / SIDE as f32 * 2.0 - 1.0;
                if let Some([r, g, b]) = color_at(x, y) {
                    sum = [sum[0] + r, sum[1] + g, sum[2] + b, sum[3] + 255.0];
                }
            }
            let n_inside = (sum[3] / 255.0).max(1.0);
            rgba.extend([sum[0] / n_inside, sum[1] / n_inside, sum[2] / n_inside].map(byte));
            rgba.push(byte(sum[3] / n_samples));
        }
    }
    IconData {
        rgba,
        width: SIDE,
        height: SIDE,
    }
}

/// The colour at a point of the square −1..1, y downwards; none outside the rounded ground.
fn color_at(x: f32, y: f32) -> Option<[f32; 3]> {
    let corner = 0.36;
    let (dx, dy) = (
        (x.abs() - 1.0 + corner).max(0.0),
        (y.abs() - 1.0 + corner).max(0.0),
    );
    if dx.hypot(dy) > corner {
        return None;
    }
    let bar = y.abs() > 0.62 && y.abs() < 0.74 && x.abs() < 0.56;
    // Half the width of the glass: a bottleneck in the middle.
    let width = 0.055 + 0.41 * (y.abs() / 0.62).powf(1.35);
    let in_glass = y.abs() <= 0.64 && x.abs() < width;
    let in_hollow = y.abs() <= 0.64 && x.abs() < width - 0.075;
    let upper_sand = (-0.36..=0.0).contains(&y);
    let heap = y > 0.30 + 0.55 * x.abs();
    let stream = (0.0..=0.4).contains(&y) && x.abs() < 0.035;
    Some(if bar {
        GLASS
    } else if stream || (in_hollow && (upper_sand || heap)) {
        SAND
    } else if in_hollow {
        GROUND
    } else if in_glass {
        GLASS
    } else {
        GROUND
    })
}

fn byte(value: f32) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}
