//! Integration tests: one binary, so that the library is linked once.

mod architecture;
mod command_line;
mod comparison;
mod conv_block;
mod data_sets;
mod figures;
mod http_server;
mod inside;
mod mnist_fetch;
mod mnist_files;
mod mnist_load;
mod objective;
mod own_images;
mod panels_shell;
mod panels_views;
mod photos;
mod readers;
mod run_folders;
mod scatter;
mod seeds;
mod synthetic;
mod training;
mod wgpu_device;
mod worker;
mod worker_failures;
mod yardsticks;
