//! What is read back from PNG, SVG and CSV.

use std::collections::HashMap;
use std::io::Cursor;

use hourglass::experiment::{PresetId, Reconstruction, Term};
use hourglass::figure::{
    Content, Curve, Facts, FigureKind, FigureRequest, Format, Group, Interval, Loss, OtherRun,
    Size, Split, reference,
};
use hourglass::protocol::{Baselines, DataSetId, Gather, Numbers};
use hourglass::train::Trainer;
use resvg::usvg::roxmltree::{Document, Node};

use super::{content, file, gather, preset, request, text, trained};

/// The rows of a table by column, and its facts.
struct Table {
    columns: HashMap<String, Vec<String>>,
    facts: HashMap<String, String>,
}

impl Table {
    fn read(text: &str) -> Self {
        let facts = text
            .lines()
            .filter_map(|line| line.strip_prefix("# ")?.split_once(": "));
        let facts = facts
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let mut rows = text.lines().filter(|line| !line.starts_with('#'));
        let header: Vec<&str> = rows.next().expect("a header").split(',').collect();
        let mut columns: HashMap<String, Vec<String>> = HashMap::new();
        for row in rows {
            let values: Vec<&str> = row.split(',').collect();
            assert_eq!(values.len(), header.len(), "{row}");
            for (name, value) in header.iter().zip(values) {
                columns
                    .entry((*name).to_owned())
                    .or_default()
                    .push(value.to_owned());
            }
        }
        Self { columns, facts }
    }

    fn numbers(&self, column: &str) -> Vec<f32> {
        let values = self
            .columns
            .get(column)
            .unwrap_or_else(|| panic!("no column {column}"));
        values
            .iter()
            .map(|value| value.parse().expect("a number"))
            .collect()
    }
}

#[test]
fn the_table_of_a_scatter_holds_the_numbers_drawn() {
    let mut trainer = trained(&preset(PresetId::Sparse64));
    let mut request = request(FigureKind::Scatter, Format::Csv);
    request.hidden = vec![3, 7];
    let (facts, content) = content(&request, &mut trainer);
    let table = Table::read(&text(&request, &facts, &content));
    let Numbers::Codes(codes) = gather(&mut trainer, &Gather::Codes).numbers else {
        panic!("codes were asked for");
    };
    let [x, y] =
        ["x (principal component 1)", "y (principal component 2)"].map(|axis| table.numbers(axis));
    let points: Vec<[f32; 2]> = x.into_iter().zip(y).map(|(x, y)| [x, y]).collect();
    assert_eq!(points, codes.scatter.points);
    assert_eq!(table.numbers("mse (per pixel)"), codes.mse_per_pixel);
    for unit in [1, 64] {
        let of_unit: Vec<f32> = codes
            .codes
            .iter()
            .skip(unit - 1)
            .step_by(64)
            .copied()
            .collect();
        assert_eq!(table.numbers(&format!("h{unit}")), of_unit);
    }
    assert!(!table.columns.contains_key("h65"));
    let [samples, labels, hidden, selected] =
        ["sample", "label", "hidden", "selected"].map(|column| &table.columns[column]);
    assert_eq!(samples.len(), 400);
    for (label, hidden) in labels.iter().zip(hidden) {
        assert_eq!(["3", "7"].contains(&label.as_str()), hidden == "1");
    }
    let chosen = samples.iter().zip(selected).filter(|(_, is)| *is == "1");
    assert_eq!(
        chosen
            .map(|(sample, _)| sample.as_str())
            .collect::<Vec<_>>(),
        ["1", "3", "4"]
    );
    assert_eq!(table.facts["Seed"], "1");
    assert_eq!(table.facts["Step"], "5");
    assert!(table.facts["Experiment"].contains("\"preset\":\"sparse-64\""));
}

fn texts(document: &Document<'_>) -> Vec<String> {
    let texts = document
        .descendants()
        .filter(|node| node.has_tag_name("text"));
    let whole = |node: Node<'_, '_>| {
        let parts = node.descendants().filter(Node::is_text);
        parts.filter_map(|part| part.text()).collect::<String>()
    };
    texts.map(whole).collect()
}

/// Where the marks of a class are, without those of the legend.
fn marks(document: &Document<'_>, class: u8) -> Vec<[f32; 2]> {
    let name = format!("class-{class}");
    let paths = document
        .descendants()
        .filter(|node| node.attribute("class") == Some(&name));
    let paths: Vec<&str> = paths.filter_map(|path| path.attribute("d")).collect();
    let (_, paths) = paths.split_last().expect("the legend's mark comes last");
    let starts = paths.iter().flat_map(|path| path.split('M').skip(1));
    let place = |start: &str| {
        let mut numbers = start.split(|c: char| !(c.is_ascii_digit() || c == '.'));
        let mut next = || {
            numbers
                .next()
                .and_then(|number| number.parse().ok())
                .expect("a number")
        };
        [next(), next()]
    };
    starts.map(place).collect()
}

#[test]
fn an_svg_has_a_mark_for_each_point_and_says_what_it_shows() {
    let mut trainer = trained(&preset(PresetId::Sparse64));
    let mut request = request(FigureKind::Scatter, Format::Svg);
    request.look.title = Some("A <title> & more".to_owned());
    request.hidden = vec![8];
    let (facts, content) = content(&request, &mut trainer);
    let svg = text(&request, &facts, &content);
    let document = Document::parse(&svg).expect("well-formed");
    let root = document.root_element();
    assert_eq!(root.attribute("width"), Some("140mm"));

    let texts = texts(&document);
    let has = |wanted: &str| texts.iter().any(|text| text.contains(wanted));
    for wanted in [
        "A <title> & more",
        "sparse-64",
        "seed 1",
        "MNIST",
        "of variance)",
        "not shown:",
        "9",
    ] {
        let wanted = wanted.replace("MNIST", facts.data.label());
        assert!(has(&wanted), "{wanted:?} is not in {texts:?}");
    }
    let described = document
        .descendants()
        .find(|node| node.has_tag_name("desc"))
        .and_then(|node| node.text());
    assert!(described.expect("a description").contains("Seed: 1"));
    let experiment = document
        .descendants()
        .find(|node| node.attribute("key") == Some("Experiment"));
    let experiment = experiment
        .and_then(|node| node.text())
        .expect("the experiment");
    assert_eq!(
        serde_json::from_str::<hourglass::experiment::Experiment>(experiment)
            .expect("it can be repeated"),
        facts.experiment
    );

    let Content::Scatter(scatter) = &content else {
        panic!("a scatter was asked for");
    };
    for class in (0..10).filter(|class| *class != 8) {
        let of_class = scatter.table.labels.iter().filter(|label| **label == class);
        let expected = of_class.collect::<Vec<_>>().len();
        assert_eq!(marks(&document, class).len(), expected, "class {class}");
    }
    let hidden = document
        .descendants()
        .any(|node| node.attribute("class") == Some("class-8"));
    assert!(!hidden, "hidden classes are not drawn");

    // Circles begin at their middle: they lie as far from one another as the points do, by one scale for both axes.
    let of_class = scatter.table.labels.iter();
    let shown: Vec<(u8, [f32; 2])> = of_class
        .copied()
        .zip(scatter.table.scatter.points.iter().copied())
        .filter(|(label, _)| *label != 8)
        .collect();
    let mixed = hourglass::figure::marks::mixed(shown.len()).map(|place| shown[place]);
    let zeros: Vec<[f32; 2]> = mixed
        .filter(|(label, _)| *label == 0)
        .map(|(_, point)| point)
        .collect();
    let drawn = marks(&document, 0);
    let extent = |points: &[[f32; 2]], axis: usize| {
        let values = points.iter().map(|point| point[axis]);
        values.clone().fold(f32::MIN, f32::max) - values.fold(f32::MAX, f32::min)
    };
    let [x, y] = [0, 1].map(|axis| extent(&drawn, axis) / extent(&zeros, axis));
    assert!(
        (x / y - 1.0).abs() < 0.02,
        "a unit is as long on both axes: {x} {y}"
    );
    for (point, at) in zeros.iter().zip(&drawn) {
        let expected = [0, 1].map(|axis| {
            let from_first = point[axis] - zeros[0][axis];
            drawn[0][axis] + x * if axis == 0 { from_first } else { -from_first } // y grows downwards
        });
        let distance = (at[0] - expected[0]).hypot(at[1] - expected[1]);
        assert!(distance < 1.5, "{at:?} is not at {expected:?}");
    }
}

#[test]
fn ten_thousand_points_stay_small() {
    let dataset = crate::data_sets::whole();
    let device = hourglass::train::device::cpu().device;
    let mut trainer = Trainer::new(preset(PresetId::Vae2), dataset, &device);
    let request = request(FigureKind::Scatter, Format::Svg);
    let (facts, content) = content(&request, &mut trainer);
    let svg = text(&request, &facts, &content);
    assert!(svg.matches('M').count() > 10_000);
    assert!(svg.len() < 500_000, "{} bytes, 50 a point", svg.len());
}

#[test]
fn a_png_has_the_size_asked_for_and_says_what_it_shows() {
    let mut trainer = trained(&preset(PresetId::Vae2));
    let mut request = request(FigureKind::Manifold, Format::Png);
    request.look.title = Some("Across the plane μ".to_owned());
    let (facts, content) = content(&request, &mut trainer);
    for (size, scale, expected) in [
        (Size::Pixels([640.0, 480.0]), 2.0, (1280, 960)),
        (Size::Millimetres([127.0, 101.6]), 3.0, (1440, 1152)),
    ] {
        request.look.size = size;
        request.look.scale = scale;
        let file = file(&request, &facts, &content);
        let mut reader = png::Decoder::new(Cursor::new(file))
            .read_info()
            .expect("a PNG");
        let info = reader.info();
        assert_eq!((info.width, info.height), expected);
        let density = f64::from(info.pixel_dims.expect("a density").xppu);
        let expected = 96.0 * f64::from(scale) / 0.0254;
        assert!((density - expected).abs() <= 0.5, "{density} a metre");
        let read = |key: &str| {
            let entry = info.utf8_text.iter().find(|entry| entry.keyword == key);
            entry
                .unwrap_or_else(|| panic!("no {key}"))
                .get_text()
                .expect("text")
        };
        assert_eq!(read("Title"), "Across the plane μ");
        assert_eq!(read("Seed"), "1");
        assert_eq!(read("Description"), facts.line());
        let mut pixels = vec![0; reader.output_buffer_size().expect("it fits")];
        reader.next_frame(&mut pixels).expect("pixels");
        assert_eq!(pixels[..3], [255, 255, 255], "paper at the corner");
        let is_dark = |rgb: &&[u8]| rgb.iter().all(|&part| part < 120);
        let dark = pixels.chunks_exact(3).filter(is_dark).count();
        assert!(dark > 500, "there is ink: {dark} pixels");
    }
}

pub(super) fn loss() -> (Facts, Content) {
    let experiment = preset(PresetId::Sparse64);
    let terms = [
        (Term::Objective, 0.02),
        (Term::Reconstruction(Reconstruction::Mse), 0.016),
        (Term::L1, 0.004),
    ];
    let curve = |split, n: u32| {
        terms.iter().map(move |&(term, end)| Curve {
            term,
            split,
            points: (1..=n)
                .map(|idx| {
                    let epoch = 5.0 * f64::from(idx) / f64::from(n);
                    [epoch, end * (1.0 + 5.0 * (-2.0 * epoch).exp())]
                })
                .collect(),
        })
    };
    let baselines = Baselines {
        entropy_floor: 0.07,
        n_train: 60_000,
        pca_mse: vec![0.01; 785].into(),
    };
    let facts = Facts {
        experiment: experiment.clone(),
        data: DataSetId::MNIST,
        step: 1_000,
        epoch: 5.0,
    };
    let content = Content::Loss(Loss {
        name: "sparse-64".to_owned(),
        others: Vec::new(),
        curves: curve(Split::Train, 1_000)
            .chain(curve(Split::Test, 50))
            .collect(),
        group: Group::Objective,
        is_log: true,
        references: reference::Reference::of(
            Group::Objective,
            &experiment,
            Some(DataSetId::MNIST),
            Some(&baselines),
        ),
        marks: vec![(2.5, "learning rate 0.001 → 0.01".to_owned())],
        generator_weight: None,
        part: None,
    });
    (facts, content)
}

/// The generator's term is weighted in the objective: beside the discriminator's it is drawn in nats, and not at all
/// once its weight has changed on the way.
#[test]
fn a_generator_whose_weight_changed_is_not_drawn_beside_the_discriminator() {
    let experiment = preset(PresetId::Aae2);
    let facts = Facts {
        experiment: experiment.clone(),
        data: DataSetId::MNIST,
        step: 10,
        epoch: 1.0,
    };
    let of = |term, value: f64| Curve {
        split: Split::Train,
        term,
        points: vec![[0.0, value], [1.0, value]],
    };
    let drawn = |weight: Option<f64>, value: f64| {
        let content = Content::Loss(Loss {
            name: String::new(),
            others: Vec::new(),
            curves: vec![of(Term::Generator, value), of(Term::Discriminator, 1.4)],
            group: Group::Adversary,
            is_log: false,
            references: Vec::new(),
            marks: Vec::new(),
            generator_weight: weight,
            part: None,
        });
        text(&request(FigureKind::Loss, Format::Svg), &facts, &content)
    };
    let says = |svg: &str| {
        let document = Document::parse(svg).expect("well-formed");
        texts(&document).contains(&"generator".to_owned())
    };
    let weight = experiment.objective.prior.generator_weight();
    assert!(says(&drawn(weight, 7.0)) && !says(&drawn(None, 7.0)));
    assert_eq!(drawn(Some(2.0), 1.4), drawn(Some(10.0), 7.0), "in nats");
}

#[test]
fn a_loss_plot_names_terms_units_decades_and_lines() {
    let (facts, content) = loss();
    let request = request(FigureKind::Loss, Format::Svg);
    let svg = text(&request, &facts, &content);
    let document = Document::parse(&svg).expect("well-formed");
    let texts = texts(&document);
    for wanted in [
        "epoch",
        "objective and its terms, per pixel",
        "0.05",
        "L1 penalty",
        "test",
        "PCA, 64 components: 0.0100",
        "learning rate 0.001 → 0.01",
    ] {
        assert!(
            texts.iter().any(|text| text == wanted),
            "{wanted:?} is not in {texts:?}"
        );
    }
    assert!(svg.len() < 150_000, "{} bytes", svg.len());
}

#[test]
fn a_part_of_the_curves_has_ticks_and_changes_of_its_own() {
    let (facts, content) = loss();
    let Content::Loss(mut curves) = content else {
        panic!("a loss");
    };
    let draw = |part: Option<[Interval; 2]>| {
        curves.part = part;
        let request = request(FigureKind::Loss, Format::Svg);
        text(&request, &facts, &Content::Loss(curves.clone()))
    };
    let [whole, seen] = [
        None,
        Some([Interval::new(3.0, 4.0), Interval::new(-2.0, -1.0)]),
    ]
    .map(draw);
    let [whole, seen] =
        [&whole, &seen].map(|svg| texts(&Document::parse(svg).expect("well-formed")));
    let says = |texts: &[String], wanted: &str| texts.iter().any(|text| text == wanted);
    let change = "learning rate 0.001 → 0.01"; // at epoch 2.5
    assert!(says(&whole, change) && !says(&seen, change));
    assert!(
        !says(&whole, "3.2") && says(&seen, "3.2"),
        "ticks: {seen:?}"
    );
}

#[test]
fn of_a_part_of_the_plane_no_point_outside_is_drawn() {
    let mut trainer = trained(&preset(PresetId::Vae2));
    let mut request = request(FigureKind::Scatter, Format::Svg);
    let of_part = |request: &FigureRequest, trainer: &mut Trainer| {
        let (facts, content) = content(request, trainer);
        let svg = text(request, &facts, &content);
        let document = Document::parse(&svg).expect("well-formed");
        let of_class = |class| marks(&document, class).len();
        (0..10).map(of_class).sum::<usize>()
    };
    let n_whole = of_part(&request, &mut trainer);
    let (_, Content::Scatter(scatter)) = content(&request, &mut trainer) else {
        panic!("a scatter");
    };
    let middle = |axis: usize| {
        let mut places: Vec<f64> = scatter
            .table
            .scatter
            .points
            .iter()
            .map(|point| f64::from(point[axis]))
            .collect();
        places.sort_by(f64::total_cmp);
        let n = places.len();
        Interval::new(places[n * 2 / 5], places[n * 3 / 5])
    };
    request.part = Some([0, 1].map(middle));
    let n_seen = of_part(&request, &mut trainer);
    assert!(
        0 < n_seen && n_seen < n_whole * 3 / 4,
        "{n_seen} of {n_whole}"
    );
}

#[test]
fn all_type_of_a_figure_grows_with_its_size() {
    let (facts, content) = loss();
    let sizes = |points: f32| {
        let mut request = request(FigureKind::Loss, Format::Svg);
        request.look.type_points = points;
        request.look.size = Size::Pixels([900.0, 700.0]); // with room for every title
        let svg = text(&request, &facts, &content);
        let document = Document::parse(&svg).expect("well-formed");
        let sizes = document
            .descendants()
            .filter(|node| node.has_tag_name("text"))
            .filter_map(|node| node.attribute("font-size")?.parse::<f32>().ok());
        let mut sizes: Vec<f32> = sizes.collect();
        sizes.sort_by(f32::total_cmp);
        sizes.dedup();
        sizes
    };
    assert_eq!(sizes(7.5), [9.0, 10.0, 12.0], "in pixels, as it was");
    assert_eq!(sizes(12.0), [14.4, 16.0, 19.2]);
    let look = request(FigureKind::Loss, Format::Svg).look;
    let mut old = serde_json::to_value(&look).expect("a look");
    old.as_object_mut().expect("fields").remove("type_points");
    let read = serde_json::from_value(old);
    assert_eq!(look, read.expect("of a version without type sizes"));
}

#[test]
fn all_series_are_in_one_table() {
    let (facts, content) = loss();
    let request = request(FigureKind::Loss, Format::Csv);
    let table = Table::read(&text(&request, &facts, &content));
    assert_eq!(table.columns["epoch"].len(), 3 * 1_050);
    let Content::Loss(loss) = &content else {
        panic!("a loss");
    };
    let values: Vec<f64> = loss
        .curves
        .iter()
        .flat_map(|curve| &curve.points)
        .map(|point| point[1])
        .collect();
    let read: Vec<f64> = table.columns["value"]
        .iter()
        .map(|value| value.parse().expect("a number"))
        .collect();
    assert_eq!(read, values);
    assert_eq!(table.columns["unit"][0], "per pixel");
    assert_eq!(table.columns["term"].last().map(String::as_str), Some("l1"));
}

#[test]
fn curves_of_other_runs_have_names_and_are_in_the_table() {
    let (facts, content) = loss();
    let Content::Loss(mut loss) = content else {
        panic!("a loss");
    };
    let of = |split| Curve {
        term: Term::Objective,
        split,
        points: vec![[1.0, 0.5], [9.0, 0.03]],
    };
    loss.others = vec![OtherRun {
        name: "wider".to_owned(),
        curves: vec![of(Split::Train), of(Split::Test)],
    }];
    let content = Content::Loss(loss);
    let svg = text(&request(FigureKind::Loss, Format::Svg), &facts, &content);
    let document = Document::parse(&svg).expect("well-formed");
    let texts = texts(&document);
    // 8 is an epoch that only the other run reached.
    for wanted in ["sparse-64, test", "wider, train", "wider, test", "8"] {
        assert!(
            texts.iter().any(|text| text == wanted),
            "{wanted:?} is not in {texts:?}"
        );
    }
    let table = Table::read(&text(
        &request(FigureKind::Loss, Format::Csv),
        &facts,
        &content,
    ));
    let runs = &table.columns["run"];
    assert_eq!(runs.iter().filter(|run| *run == "wider").count(), 4);
    assert_eq!(
        runs.iter().filter(|run| *run == "sparse-64").count(),
        3 * 1_050
    );
}

#[test]
fn what_is_too_large_is_refused_before_it_is_drawn() {
    let (facts, content) = loss();
    let mut request = request(FigureKind::Loss, Format::Png);
    request.look.size = Size::Pixels([5_000.0, 5_000.0]);
    request.look.scale = 8.0;
    let refused = content.file(Format::Png, &facts, &request.look, &mut |_| {
        std::ops::ControlFlow::Continue(())
    });
    let message = refused.expect_err("1.6 gigapixels").to_string();
    assert!(
        message.contains("40000 × 40000") && message.contains("smaller"),
        "{message}"
    );
}
