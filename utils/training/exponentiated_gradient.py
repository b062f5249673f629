"""Exponentiated gradient: a weight is multiplied where gradient descent adds, so that its sign can never change."""

from __future__ import annotations

import torch
from torch import Tensor


class ExponentiatedGradient(torch.optim.Optimizer):
    """w <- w exp(-lr m sign(w)), with m the gradient's running mean over its running size, as in Adam.

    Args:
        params: weights, none of them 0, for such a weight stays 0.
        lr: step size of the logarithm of |w|.
        betas: what is kept of the running means of the gradient and of its square.

    Raises:
        ValueError: the step size is not positive.

    Source: Cornford et al. 2024, "Brain-like learning with exponentiated gradients",
        https://doi.org/10.1101/2024.10.25.620272; Kivinen and Warmuth 1997, https://doi.org/10.1006/inco.1996.2612
    """

    def __init__(self, params, lr: float = 0.01, betas: tuple[float, float] = (0.9, 0.999)) -> None:
        if not lr > 0:
            raise ValueError(f"lr: got {lr}, allowed is a positive number")
        super().__init__(params, {"lr": lr, "betas": betas})

    @torch.no_grad()
    def step(self, closure=None) -> Tensor | None:
        """Change every weight once.

        Args:
            closure: computes the loss anew; None takes the gradients that are there.

        Returns:
            The closure's loss, or None.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            keep, keep_square = group["betas"]
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if not state:
                    state.update(step=0, mean=torch.zeros_like(weight), square=torch.zeros_like(weight))
                state["step"] += 1
                state["mean"].lerp_(weight.grad, 1 - keep)
                state["square"].lerp_(weight.grad.square(), 1 - keep_square)
                mean = state["mean"] / (1 - keep ** state["step"])
                size = (state["square"] / (1 - keep_square ** state["step"])).sqrt_().add_(1e-8)
                weight.mul_(torch.exp(-group["lr"] * weight.sign() * mean / size))
        return loss
