# Regenerates counts.csv and counts_answers.csv: R's quasi-Poisson answers for a SYNTHETIC
# 2x2 of rearings with cohorts, unequal cells and variance above the mean.
#
#   Rscript counts.R          (in this folder)

set.seed(7)
sizes <- c(9, 7, 8, 10)
means <- c(14, 30, 13, 17)
cell <- rep(1:4, sizes)
animals <- data.frame(
  animal_id = sprintf("s%02d", seq_along(cell)),
  pretreatment = c("vehicle", "vehicle", "NBQX", "NBQX")[cell],
  treatment = c("vehicle", "ketamine", "vehicle", "ketamine")[cell],
  cohort = rep(c("c1", "c2"), length.out = length(cell))
)
factor_of <- c(c1 = 0.8, c2 = 1.2)
animals$n_rearings <- rnbinom(length(cell), mu = means[cell] * factor_of[animals$cohort], size = 6)
write.csv(animals, "counts.csv", row.names = FALSE, quote = FALSE)

d <- animals
d$cell <- factor(cell)
# More rearing is benefit: treated less control.
contrasts_of <- list(
  K = c(-1, 1, 0, 0), Kn = c(0, 0, -1, 1), I = c(-1, 1, 1, -1), A = c(-1, 0, 1, 0)
)
answers <- function(name, formula) {
  fit <- glm(formula, family = quasipoisson, data = d, epsilon = 1e-14)
  df <- fit$df.residual
  do.call(rbind, lapply(names(contrasts_of), function(contrast) {
    w <- c(contrasts_of[[contrast]], rep(0, length(coef(fit)) - 4))
    estimate <- sum(w * coef(fit))
    error <- sqrt(drop(t(w) %*% vcov(fit) %*% w))
    half <- qt(.975, df) * error
    data.frame(model = name, contrast = contrast, estimate = estimate, std_error = error, df = df,
               p_value = 2 * pt(-abs(estimate / error), df), conf_low = estimate - half,
               conf_high = estimate + half, dispersion = summary(fit)$dispersion)
  }))
}
options(digits = 12)
write.csv(rbind(answers("plain", n_rearings ~ 0 + cell), answers("blocked", n_rearings ~ 0 + cell + cohort)),
          "counts_answers.csv", row.names = FALSE, quote = FALSE)
