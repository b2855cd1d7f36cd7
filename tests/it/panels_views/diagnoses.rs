use hourglass::experiment::Experiment;
use hourglass::protocol::Diagnosis;
use hourglass::state::LabState;
use hourglass::ui::banner::Diagnoses;

use super::{click, says, script, stage_of};

fn dead(dead: usize) -> Diagnosis {
    Diagnosis::DeadUnits {
        dead,
        size: 64,
        advice: "Weaken the penalty".to_owned(),
    }
}

fn diagnosed(lab: &mut LabState, diagnoses: Vec<Diagnosis>) {
    script::evaluate_fully(lab, |evaluation| evaluation.diagnoses = diagnoses);
}

#[test]
fn a_diagnosis_stands_above_the_views_until_it_is_gone() {
    let mut lab = script::with_data(20);
    script::start(&mut lab, &Experiment::default());
    let copies = Diagnosis::Copies {
        noise_mse: 0.01,
        share: 12.0,
    };
    diagnosed(&mut lab, vec![dead(3), copies]);
    let mut harness = stage_of(Diagnoses::ui, lab);
    assert!(says(&harness, "3 of 64 code units are near zero"));
    assert!(says(&harness, "The autoencoder copies"));
    diagnosed(&mut harness.state_mut().lab, vec![dead(4)]);
    harness.run_steps(3);
    assert!(says(&harness, "4 of 64 code units are near zero"));
    assert!(!says(&harness, "The autoencoder copies"));
}

#[test]
fn a_dismissed_diagnosis_stays_away_while_it_lasts_and_comes_back_with_news() {
    let mut lab = script::with_data(20);
    script::start(&mut lab, &Experiment::default());
    diagnosed(&mut lab, vec![dead(3)]);
    let mut harness = stage_of(Diagnoses::ui, lab);
    click(&mut harness, "Dismiss dead-units");
    assert!(!says(&harness, "code units"));
    for (diagnoses, is_said) in [
        (vec![dead(5)], false),
        (vec![], false),
        (vec![dead(1)], true),
    ] {
        diagnosed(&mut harness.state_mut().lab, diagnoses);
        harness.run_steps(3);
        assert_eq!(says(&harness, "code units"), is_said);
    }
}
