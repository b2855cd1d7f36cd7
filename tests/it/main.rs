//! Integration tests: one binary, so that the library is linked once.

mod architecture;
mod command_line;
mod data_sets;
mod decoding;
mod figures;
mod http_server;
mod mnist_fetch;
mod mnist_files;
mod mnist_load;
mod objective;
mod own_images;
mod panels_shell;
mod panels_views;
mod photos;
mod run_folders;
mod synthetic;
mod training;
mod wgpu_device;
mod worker;
mod worker_failures;
mod yardsticks;
