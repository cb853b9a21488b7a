// The libtorch headers of this module, precompiled. <torch/csrc/autograd/custom_function.h> is left out, because it
// costs each file a second: the files that define an operation with a backward pass include it.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/grad_mode.h>
