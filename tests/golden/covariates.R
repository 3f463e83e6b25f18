# Regenerates covariates.csv and covariates.json: base R's answers for a simulated
# 2x2 with a covariate and cohorts (lm, HC2 by hatvalues, Bell-McCaffrey df).
#
#   Rscript covariates.R       (in this folder; base R alone)
set.seed(31)
sizes <- c(8, 7, 9, 6)
cell <- rep(1:4, sizes)
n <- length(cell)
weight <- round(rnorm(n, 26, 2), 1)
cohort <- sample(c("c1", "c2"), n, replace = TRUE)
outcome <- round(c(150, 80, 148, 120)[cell] + 6 * (weight - 26) +
                   c(c1 = 0, c2 = 15)[cohort] + rnorm(n, sd = 20), 1)
animals <- data.frame(
  animal_id = sprintf("w%02d", seq_len(n)),
  pretreatment = c("vehicle", "vehicle", "NBQX", "NBQX")[cell],
  treatment = c("vehicle", "ketamine", "vehicle", "ketamine")[cell],
  cohort = cohort, weight_g = weight, immobility_s = outcome
)
write.csv(animals, "covariates.csv", row.names = FALSE, quote = FALSE)
contrasts_of <- list(K = c(1, -1, 0, 0), Kn = c(0, 0, 1, -1), I = c(1, -1, -1, 1),
                     A = c(1, 0, -1, 0), Kn_below = c(-.5, .5, 1, -1))
answers <- function(fit) {
  x <- model.matrix(fit)
  bread <- solve(crossprod(x))
  hat <- x %*% bread %*% t(x)
  e <- residuals(fit)
  sapply(contrasts_of, function(w) {
    l <- c(w, rep(0, ncol(x) - 4))
    a <- drop(x %*% bread %*% l) / sqrt(1 - diag(hat))
    # Satterthwaite df of the quadratic form sum(a^2 e^2) under errors of equal variance.
    m <- (diag(n) - hat) * outer(a, a)
    lambda <- eigen((m + t(m)) / 2, symmetric = TRUE)$values
    c(estimate = sum(l * coef(fit)), std_error = sqrt(sum(a^2 * e^2)),
      df = sum(lambda)^2 / sum(lambda^2))
  })
}
g <- factor(cell)
w <- weight - mean(weight)
plain <- lm(outcome ~ 0 + g + w)
both <- lm(outcome ~ 0 + g + factor(cohort) + w)
slopes <- anova(lm(outcome ~ 0 + g + w), lm(outcome ~ 0 + g + g:w))
number <- function(x) format(x, digits = 15)
block <- function(m) paste0("{", paste(sprintf('"%s": {"estimate": %s, "std_error": %s, "df": %s}',
  colnames(m), number(m[1, ]), number(m[2, ]), number(m[3, ])), collapse = ", "), "}")
cat(sprintf('{"r": "%s",\n "covariate": %s,\n "cohort_and_covariate": %s,\n "slopes": {"F": %s, "p": %s}}\n',
  paste(R.version$major, R.version$minor, sep = "."), block(answers(plain)), block(answers(both)),
  number(slopes$F[2]), number(slopes$"Pr(>F)"[2])), file = "covariates.json")
