//! The weights of a run by the blocks that they belong to.

use anyhow::{Context, Result, bail};
use safetensors::{Dtype, SafeTensors};

use super::tensor::Tensor;

/// Half of an autoencoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    Encoder,
    Decoder,
}

/// The weights of a file.
#[derive(Debug)]
pub(super) struct Named<'a> {
    /// Name, sides and bytes.
    tensors: Vec<(String, Vec<usize>, &'a [u8])>,
}

impl<'a> Named<'a> {
    pub(super) fn of(file: &'a [u8]) -> Result<Self> {
        let file = SafeTensors::deserialize(file)?;
        let mut tensors = Vec::new();
        for (name, tensor) in file.tensors() {
            if tensor.dtype() != Dtype::F32 {
                bail!("{name} is not of 32-bit numbers");
            }
            tensors.push((name, tensor.shape().to_vec(), tensor.data()));
        }
        Ok(Self { tensors })
    }

    fn find(&self, name: &str) -> Option<Tensor<'_>> {
        let (name, dims, values) = self.tensors.iter().find(|(of, _, _)| of == name)?;
        Some(Tensor { name, dims, values })
    }

    /// Weight and bias of a layer under one of the names that it may have.
    fn pair(&self, names: &[String]) -> Result<[Tensor<'_>; 2]> {
        let of = |name: &String| {
            Some([
                self.find(&format!("{name}.weight"))?,
                self.find(&format!("{name}.bias"))?,
            ])
        };
        let found = names.iter().find_map(of);
        found.with_context(|| format!("the weights lack {}", names.join(" or ")))
    }

    /// Weight and bias of a block.
    pub(super) fn layer(&self, half: Half, idx: usize) -> Result<[Tensor<'_>; 2]> {
        match half {
            Half::Encoder => self.pair(&[
                format!("encoder.layers.{idx}"),
                format!("encoder.levels.{idx}"),
                "encoder.waist".to_owned(),
            ]),
            Half::Decoder => {
                // With a bottleneck, the first block is that.
                let has_bottleneck = self.find("decoder.waist.weight").is_some();
                let names = match idx.checked_sub(usize::from(has_bottleneck)) {
                    None => vec!["decoder.waist".to_owned()],
                    Some(level) => vec![
                        format!("decoder.layers.{idx}"),
                        format!("decoder.levels.{level}"),
                        "decoder.output".to_owned(),
                    ],
                };
                self.pair(&names)
            }
        }
    }

    /// Of a tied block: the weight of the mirrored layer of the encoder, and its own bias.
    pub(super) fn tied(&self, idx: usize) -> Result<[Tensor<'_>; 2]> {
        let is_own =
            |(name, _, _): &&(String, Vec<usize>, &[u8])| name.starts_with("decoder.biases.");
        let depth = self.tensors.iter().filter(is_own).count();
        let mirror = depth
            .checked_sub(idx + 1)
            .context("a tied layer has a mirror")?;
        let weight = self.find(&format!("encoder.layers.{mirror}.weight"));
        let bias = self.find(&format!("decoder.biases.{idx}"));
        Ok([
            weight.context("the weights lack a mirrored layer")?,
            bias.context("the weights lack a bias")?,
        ])
    }

    pub(super) fn has_variance(&self) -> bool {
        self.find("log_variance.weight").is_some()
    }

    pub(super) fn of_variance(&self) -> Result<[Tensor<'_>; 2]> {
        self.pair(&["log_variance".to_owned()])
    }
}
