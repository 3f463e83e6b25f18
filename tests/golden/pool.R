# Regenerates pool.csv: fixed and random effects of SYNTHETIC experiments in base R,
# written out from the papers (DerSimonian and Laird 1986; Hartung and Knapp 2001, or the
# usual normal interval where that is wider), by another way than the package: as weighted
# regressions on a constant.
#
#   Rscript pool.R          (in this folder)
sets <- list(
  differ = list(y = c(66.7, 20.7, 10.1), se = c(12.8, 13.5, 10.7)),
  agree = list(y = c(40, 44, 42, 39), se = c(10, 12, 8, 15)),
  two = list(y = c(55, 12), se = c(14, 11)),
  many = list(y = c(12, 35, 28, 51, 20, -4, 33), se = c(9, 14, 10, 16, 7, 12, 11))
)
rows <- lapply(names(sets), function(name) {
  y <- sets[[name]]$y; v <- sets[[name]]$se^2; k <- length(y)
  fixed <- lm(y ~ 1, weights = 1 / v)
  q <- deviance(fixed)
  w <- 1 / v
  tau2 <- max(0, (q - (k - 1)) / (sum(w) - sum(w^2) / sum(w)))
  random <- lm(y ~ 1, weights = 1 / (v + tau2))
  # lm's own error is that of Hartung and Knapp; without its scale it is the usual one.
  scale <- summary(random)$sigma
  error <- summary(random)$coefficients[1, 2]
  usual <- error / scale
  half <- max(qt(.975, k - 1) * error, qnorm(.975) * usual)
  normal <- qnorm(.975) * usual >= half
  fixed_se <- summary(fixed)$coefficients[1, 2] / summary(fixed)$sigma
  data.frame(set = name, y = paste(y, collapse = " "), se = paste(sqrt(v), collapse = " "),
             fixed = coef(fixed), fixed_se = fixed_se,
             fixed_low = coef(fixed) - qnorm(.975) * fixed_se,
             random = coef(random), random_se = if (normal) usual else error,
             random_low = coef(random) - half,
             random_high = coef(random) + half,
             p = if (normal) 2 * pnorm(-abs(coef(random)) / usual) else 2 * pt(-abs(coef(random)) / error, k - 1),
             tau = sqrt(tau2), q = q, q_p = pchisq(q, k - 1, lower.tail = FALSE))
})
options(digits = 12)
write.csv(do.call(rbind, rows), "pool.csv", row.names = FALSE, quote = FALSE)
