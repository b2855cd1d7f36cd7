//! PNG files written chunk by chunk: kinds that encoders seldom write, and lies.

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

/// What a header says.
pub struct Header {
    pub width: u32,
    pub height: u32,
    pub bit_depth: u8,
    /// 0 grey, 2 colour, 3 palette, 4 grey with opacity, 6 colour with opacity.
    pub color_type: u8,
    pub interlaced: bool,
}

/// A file of a header, further chunks before the pixels, and pixels that were not compressed yet.
pub fn file(header: &Header, before: &[(&[u8; 4], Vec<u8>)], lines: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut content = Vec::new();
    content.extend(header.width.to_be_bytes());
    content.extend(header.height.to_be_bytes());
    content.extend([
        header.bit_depth,
        header.color_type,
        0,
        0,
        u8::from(header.interlaced),
    ]);
    chunk(&mut bytes, *b"IHDR", &content);
    for (name, content) in before {
        chunk(&mut bytes, **name, content);
    }
    chunk(&mut bytes, *b"IDAT", &compressed(lines));
    chunk(&mut bytes, *b"IEND", &[]);
    bytes
}

pub fn compressed(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).expect("into memory");
    encoder.finish().expect("into memory")
}

fn chunk(bytes: &mut Vec<u8>, name: [u8; 4], content: &[u8]) {
    let size = u32::try_from(content.len()).expect("a small chunk");
    bytes.extend(size.to_be_bytes());
    let mut crc = Crc::new();
    crc.update(&name);
    crc.update(content);
    bytes.extend(name);
    bytes.extend(content);
    bytes.extend(crc.sum().to_be_bytes());
}

/// The lines of the seven passes of an interlaced image of 8 bits a pixel.
pub fn interlaced_lines(
    width: usize,
    height: usize,
    pixel: impl Fn(usize, usize) -> u8,
) -> Vec<u8> {
    /// First column, first row, distance of columns, distance of rows (PNG specification, 8.2).
    const PASSES: [[usize; 4]; 7] = [
        [0, 0, 8, 8],
        [4, 0, 8, 8],
        [0, 4, 4, 8],
        [2, 0, 4, 4],
        [0, 2, 2, 4],
        [1, 0, 2, 2],
        [0, 1, 1, 2],
    ];
    let mut lines = Vec::new();
    for [first_column, first_row, across, down] in PASSES {
        for row in (first_row..height).step_by(down) {
            let columns = (first_column..width).step_by(across);
            if first_column < width {
                lines.push(0); // no filter
                lines.extend(columns.map(|column| pixel(row, column)));
            }
        }
    }
    lines
}
