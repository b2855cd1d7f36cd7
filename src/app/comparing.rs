//! Comparing two runs: choosing the experiment of the second, starting it, ending it.

use super::App;
use hourglass_experiment::Experiment;
use hourglass_protocol::Command;
use hourglass_ui::CompareAction;

impl App {
    /// Performs an action about comparing.
    pub(super) fn compare(&mut self, action: CompareAction) {
        match action {
            CompareAction::Open if self.state.comparison_draft.is_some() => {} // it is open
            CompareAction::Open => {
                let run = self.state.run.as_ref();
                let asked = self.asked.clone();
                let start = asked.or_else(|| run.map(|run| run.experiment.clone()));
                self.state.comparison_draft = start;
            }
            CompareAction::Edit(draft) => self.state.comparison_draft = Some(*draft),
            CompareAction::Cancel => self.state.comparison_draft = None,
            CompareAction::Start => {
                if let Some(draft) = self.state.comparison_draft.take() {
                    self.start_rival(draft);
                }
            }
            CompareAction::KeepA => {
                let keep = self.state.current_run();
                self.outbox.push(Command::EndComparison { keep });
            }
            CompareAction::KeepB => {
                if let Some(comparison) = &self.state.comparison {
                    self.outbox.push(Command::EndComparison {
                        keep: comparison.id,
                    });
                }
            }
        }
    }

    fn start_rival(&mut self, experiment: Experiment) {
        let experiment = self.state.fitted(experiment);
        if experiment.validate().is_ok() {
            let run = self.state.begin_rival();
            self.outbox.push(Command::Compare { run, experiment });
        }
    }

    /// A run that starts over while it is compared takes its comparison run along, with its own seed: the comparison is of
    /// experiments.
    pub(super) fn start_rival_again(&mut self) {
        let (Some(run), Some(comparison), Some(asked)) =
            (&self.state.run, &self.state.comparison, &self.asked)
        else {
            return;
        };
        let mut experiment = comparison.experiment.clone();
        if comparison.experiment.seed == run.experiment.seed {
            experiment.seed = asked.seed;
        }
        self.start_rival(experiment);
    }
}
