//! Comparing two runs: choosing the experiment of the second, starting it, ending it.

use super::App;
use hourglass_experiment::Experiment;
use hourglass_protocol::Command;
use hourglass_ui::CompareAction;

impl App {
    /// Performs a wish about comparing.
    pub(super) fn compare(&mut self, action: CompareAction) {
        match action {
            CompareAction::Open if self.state.rival_draft.is_some() => {} // it is open
            CompareAction::Open => {
                let run = self.state.run.as_ref();
                let asked = self.asked.clone();
                let start = asked.or_else(|| run.map(|run| run.experiment.clone()));
                self.state.rival_draft = start;
            }
            CompareAction::Edit(draft) => self.state.rival_draft = Some(*draft),
            CompareAction::Cancel => self.state.rival_draft = None,
            CompareAction::Start => {
                if let Some(draft) = self.state.rival_draft.take() {
                    self.start_rival(draft);
                }
            }
            CompareAction::KeepA => {
                let keep = self.state.current_run();
                self.outbox.push(Command::EndComparison { keep });
            }
            CompareAction::KeepB => {
                if let Some(rival) = &self.state.rival {
                    self.outbox.push(Command::EndComparison { keep: rival.id });
                }
            }
        }
    }

    fn start_rival(&mut self, experiment: Experiment) {
        if experiment.validate().is_ok() {
            let run = self.state.begin_rival();
            self.outbox.push(Command::Compare { run, experiment });
        }
    }

    /// A run that starts over while it is compared takes its rival along, with its own seed: the comparison is of
    /// experiments.
    pub(super) fn start_rival_again(&mut self) {
        let (Some(run), Some(rival), Some(asked)) =
            (&self.state.run, &self.state.rival, &self.asked)
        else {
            return;
        };
        let mut experiment = rival.experiment.clone();
        if rival.experiment.seed == run.experiment.seed {
            experiment.seed = asked.seed;
        }
        self.start_rival(experiment);
    }
}
