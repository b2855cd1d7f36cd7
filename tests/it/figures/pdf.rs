//! What is read back from a PDF.

use std::collections::HashMap;
use std::io::Read as _;

use flate2::read::ZlibDecoder;
use hourglass::experiment::PresetId;
use hourglass::figure::{Content, Facts, FigureKind, Format, Size};

use super::files::loss;
use super::{content, file, preset, request, trained};

/// The objects of a file by number, as they are written, and the bytes of those that have some.
struct Pdf {
    objects: HashMap<u32, (String, Vec<u8>)>,
    trailer: String,
}

impl Pdf {
    fn read(bytes: &[u8]) -> Self {
        assert!(bytes.starts_with(b"%PDF-1."), "a PDF begins so");
        let end = find(bytes, b"\nxref").expect("a table of its objects");
        let trailer = String::from_utf8_lossy(&bytes[end..]).into_owned();
        assert!(trailer.trim_end().ends_with("%%EOF"));
        let mut objects = HashMap::new();
        let mut at = 0;
        while let Some(start) = find(&bytes[at..end], b" 0 obj\n") {
            let number = bytes[at..at + start].rsplit(|byte| *byte == b'\n').next();
            let number = std::str::from_utf8(number.expect("a number")).expect("digits");
            let body = at + start + b" 0 obj\n".len();
            let stop = body + find(&bytes[body..], b"\nendobj").expect("it ends");
            let dictionary = &bytes[body..stop];
            let (dictionary, stream, next) = match find(dictionary, b"\nstream\n") {
                None => (dictionary, Vec::new(), stop),
                Some(length) => {
                    let dictionary = &dictionary[..length];
                    let text = String::from_utf8_lossy(dictionary).into_owned();
                    let stream = body + length + b"\nstream\n".len();
                    let length: usize = after(&text, "/Length ").parse().expect("a length");
                    let packed = &bytes[stream..stream + length];
                    (dictionary, unpacked(&text, packed), stream + length)
                }
            };
            let dictionary = String::from_utf8_lossy(dictionary).into_owned();
            objects.insert(number.parse().expect("a number"), (dictionary, stream));
            at = next;
        }
        Self { objects, trailer }
    }

    fn dictionary(&self, number: u32) -> &str {
        &self.objects[&number].0
    }

    fn pages(&self) -> Vec<u32> {
        let is_page = |(_, (text, _)): &(&u32, &(String, Vec<u8>))| text.contains("/Type/Page/");
        let pages = self.objects.iter().filter(is_page);
        pages.map(|(number, _)| *number).collect()
    }

    /// Its one page.
    fn page(&self) -> &str {
        let pages = self.pages();
        assert_eq!(pages.len(), 1);
        self.dictionary(pages[0])
    }

    /// What one can select on it, from the bottom to the top.
    fn text(&self) -> String {
        let resources = self.dictionary(reference(self.page(), "/Resources "));
        let content = &self.objects[&reference(self.page(), "/Contents ")].1;
        let mut letters: HashMap<u16, String> = HashMap::new();
        let mut text = String::new();
        let mut at = 0;
        while at < content.len() {
            match content[at] {
                b'(' => {
                    let (codes, end) = literal(content, at + 1);
                    for code in codes.chunks_exact(2) {
                        let code = u16::from_be_bytes([code[0], code[1]]);
                        text.push_str(letters.get(&code).expect("a letter with a meaning"));
                    }
                    at = end;
                }
                b'/' if content[at..].starts_with(b"/f") => {
                    let name = content[at + 1..].split(u8::is_ascii_whitespace).next();
                    let name = std::str::from_utf8(name.expect("a name")).expect("a name");
                    let font = reference(resources, &format!("/{name} "));
                    let meanings = reference(self.dictionary(font), "/ToUnicode ");
                    letters = meanings_of(&self.objects[&meanings].1);
                    at += 1;
                }
                _ => at += 1,
            }
        }
        text
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

/// The word after a key.
fn after<'a>(text: &'a str, key: &str) -> &'a str {
    let (_, rest) = text
        .split_once(key)
        .unwrap_or_else(|| panic!("no {key:?} in {text}"));
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'));
    &rest[..end.unwrap_or(rest.len())]
}

/// The object that a key names.
fn reference(text: &str, key: &str) -> u32 {
    after(text, key).parse().expect("the number of an object")
}

fn unpacked(dictionary: &str, bytes: &[u8]) -> Vec<u8> {
    if !dictionary.contains("/FlateDecode") {
        return bytes.to_vec();
    }
    let mut whole = Vec::new();
    ZlibDecoder::new(bytes)
        .read_to_end(&mut whole)
        .expect("packed as it says");
    whole
}

/// The bytes of a string that begins at a place, and where it ends.
fn literal(content: &[u8], mut at: usize) -> (Vec<u8>, usize) {
    let mut bytes = Vec::new();
    loop {
        match content[at] {
            b')' => return (bytes, at + 1),
            b'\\' => {
                let octal: Vec<u8> = content[at + 1..at + 4].to_vec();
                if octal.iter().all(u8::is_ascii_digit) {
                    let octal = String::from_utf8(octal).expect("digits");
                    bytes.push(u8::from_str_radix(&octal, 8).expect("a byte"));
                    at += 4;
                    continue;
                }
                bytes.push(match content[at + 1] {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'f' => 12,
                    other => other,
                });
                at += 2;
            }
            byte => {
                bytes.push(byte);
                at += 1;
            }
        }
    }
}

/// What the letters of a font mean, by their codes.
fn meanings_of(table: &[u8]) -> HashMap<u16, String> {
    let table = String::from_utf8_lossy(table);
    let pairs = table.lines().filter_map(|line| {
        let (code, meaning) = line
            .strip_prefix('<')?
            .strip_suffix('>')?
            .split_once("> <")?;
        let words = meaning.as_bytes().chunks_exact(4).map(|word| {
            let word = std::str::from_utf8(word).expect("digits");
            u16::from_str_radix(word, 16).expect("a number")
        });
        let meaning = String::from_utf16(&words.collect::<Vec<u16>>()).expect("text");
        Some((u16::from_str_radix(code, 16).ok()?, meaning))
    });
    pairs.collect()
}

fn pdf(kind: FigureKind, size: Size, facts: &Facts, content: &Content) -> Pdf {
    let mut request = request(kind, Format::Pdf);
    request.look.size = size;
    Pdf::read(&file(&request, facts, content))
}

#[test]
fn every_figure_that_is_drawn_as_svg_is_one_page_of_its_size_as_pdf() {
    let mut trainer = trained(&preset(PresetId::Vae2));
    for &kind in FigureKind::ALL {
        let is_drawn = kind.formats().contains(&Format::Svg);
        assert_eq!(kind.formats().contains(&Format::Pdf), is_drawn, "{kind:?}");
        if !is_drawn {
            continue;
        }
        let request = request(kind, Format::Pdf);
        let (facts, content) = if request.gather().is_some() {
            content(&request, &mut trainer)
        } else {
            loss()
        };
        for (size, expected) in [
            (Size::Pixels([640.0, 480.0]), [480.0, 360.0]),
            (Size::Millimetres([127.0, 101.6]), [360.0, 288.0]),
        ] {
            let pdf = pdf(kind, size, &facts, &content);
            let (_, sides) = pdf.page().split_once("/MediaBox[").expect("a size");
            let sides: Vec<f32> = sides[..sides.find(']').expect("an end")]
                .split(' ')
                .map(|side| side.parse().expect("a number"))
                .collect();
            assert_eq!(sides[..2], [0.0, 0.0]);
            for (side, expected) in sides[2..].iter().zip(expected) {
                assert!((side - expected).abs() < 0.01, "{kind:?}: {sides:?} points");
            }
            let title = content.title();
            let text = pdf.text();
            assert!(text.contains(&title), "{title:?} is not in {text:?}");
        }
    }
}

#[test]
fn text_of_a_pdf_can_be_selected_in_every_font() {
    let (facts, content) = loss();
    let mut request = request(FigureKind::Loss, Format::Pdf);
    request.look.title = Some("What ‖J‖ costs: μ → 0.1 (“tidy”)".to_owned());
    let written = file(&request, &facts, &content);
    let pdf = Pdf::read(&written);
    let text = pdf.text();
    for wanted in [
        "What ‖J‖ costs: μ → 0.1 (“tidy”)",
        "sparse-64 · 784-64-784 · MSE + L1 (λ 6.4×10−4) · MNIST · seed 1",
        "objective and its terms, per pixel",
        "PCA, 64 components: 0.0100",
        "learning rate 0.001 → 0.01",
        "epoch",
    ] {
        assert!(text.contains(wanted), "{wanted:?} is not in {text:?}");
    }
    let fonts = pdf
        .objects
        .values()
        .filter(|(object, _)| object.contains("/FontFile2 "));
    assert_eq!(fonts.count(), 3, "regular, semibold, and the one of ‖");
    assert!(written.len() < 150_000, "{} bytes", written.len());
    assert_eq!(
        written,
        file(&request, &facts, &content),
        "the same each time"
    );
}

#[test]
fn a_pdf_says_in_its_properties_what_it_shows() {
    let (facts, content) = loss();
    let mut request = request(FigureKind::Loss, Format::Pdf);
    request.look.title = Some("Three (of) four \\ terms".to_owned());
    let pdf = Pdf::read(&file(&request, &facts, &content));
    let properties = pdf.dictionary(reference(&pdf.trailer, "/Info "));
    assert!(
        properties.contains("/Title(Three (of) four \\\\ terms)"),
        "{properties}"
    );
    assert!(properties.contains("/Creator(Hourglass "), "{properties}");
    let described = pdf
        .objects
        .values()
        .find(|(object, _)| object.contains("/Type/Metadata"));
    let (_, described) = described.expect("the same as XMP");
    let described = String::from_utf8_lossy(described);
    for wanted in [
        "Seed: 1".to_owned(),
        "Step: 1000".to_owned(),
        facts.line(),
        "Experiment: {&quot;preset&quot;:&quot;sparse-64&quot;".to_owned(),
    ] {
        assert!(described.contains(&wanted), "{wanted:?}: {described}");
    }
}

/// A circle is a line without length and with round ends, which readers of PDF may leave out.
#[test]
fn every_mark_of_a_pdf_has_a_length() {
    let mut trainer = trained(&preset(PresetId::Vae2));
    let request = request(FigureKind::Scatter, Format::Pdf);
    let (facts, content) = content(&request, &mut trainer);
    let pdf = Pdf::read(&file(&request, &facts, &content));
    let drawn = &pdf.objects[&reference(pdf.page(), "/Contents ")].1;
    let drawn = String::from_utf8_lossy(drawn);
    let words: Vec<&str> = drawn.split_ascii_whitespace().collect();
    let mut n_lines = 0;
    for line in words.windows(6) {
        if let [x, y, "m", to_x, to_y, "l"] = line {
            n_lines += 1;
            assert!((x, y) != (to_x, to_y), "{line:?}");
        }
    }
    assert!(n_lines > 400, "{n_lines} marks and lines");
}
