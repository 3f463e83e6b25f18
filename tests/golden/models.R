# R's answers for mixed models, survival and dose curves.
#
#   Rscript tests/golden/models.R
#
# writes models.json beside itself: the synthetic tables and the answers. Made
# with R 4.2.2, lmerTest 3.1-3, survival 3.5-3, sandwich 3.0.
suppressMessages({
  library(jsonlite); library(lmerTest); library(sandwich); library(survival)
})
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
set.seed(20240229)
answers <- list()

# --- mixed models ---------------------------------------------------------
cells <- c("vehicle|vehicle", "vehicle|ketamine", "NBQX|vehicle", "NBQX|ketamine")
contrasts <- rbind(K = c(1, -1, 0, 0), Kn = c(0, 0, 1, -1), I = c(1, -1, -1, 1), A = c(1, 0, -1, 0))
mixed <- function(d, L) {
  control <- lmerControl(optimizer = "nloptwrap", optCtrl = list(xtol_abs = 1e-12, ftol_abs = 1e-12))
  m <- lmer(y ~ 0 + cell + (1 | group), d, control = control)
  found <- do.call(rbind, lapply(seq_len(nrow(L)), function(i)
    contest1D(m, L[i, ], confint = TRUE)))
  v <- as.data.frame(VarCorr(m))$sdcor
  list(table = d, cells = levels(d$cell), weights = L, group_sd = v[1], residual_sd = v[2], log_likelihood = as.numeric(logLik(m)),
       estimate = found$Estimate, std_error = found$`Std. Error`, df = found$df, p_value = found$`Pr(>|t|)`)
}

# Litters that cross the cells, unequal; SD 20 between and 25 within litters.
n <- 41
d <- data.frame(cell = sample(c(cells, sample(cells, n - 4, replace = TRUE))), group = sample(paste0("l", 1:9), n, replace = TRUE))
litter <- setNames(rnorm(9, 0, 20), paste0("l", 1:9))
d$cell <- factor(d$cell, levels = cells)
d$y <- round(c(150, 90, 150, 120)[as.integer(d$cell)] + litter[d$group] + rnorm(n, 0, 25), 1)
answers$mixed_litters <- mixed(d, contrasts)

# Cages of three that were treated alike: the group lies within one cell.
d <- data.frame(cell = factor(rep(cells, each = 12), levels = cells), group = paste0("g", rep(1:16, each = 3)))
d$y <- round(c(150, 90, 150, 120)[as.integer(d$cell)] + rep(rnorm(16, 0, 18), each = 3) + rnorm(48, 0, 25), 1)
d <- d[-c(2, 17, 40), ]
answers$mixed_cages <- mixed(d, contrasts)

# The same animals at three times, one value lost.
d <- expand.grid(cell = factor(c("30 min", "24 h", "7 d"), levels = c("30 min", "24 h", "7 d")), group = paste0("a", 1:10))
d$y <- round(c(90, 110, 140)[as.integer(d$cell)] + rep(rnorm(10, 0, 25), each = 3) + rnorm(30, 0, 15), 1)
d <- d[-8, ]
answers$mixed_repeated <- mixed(d, rbind(c(-1, 1, 0), c(-1, 0, 1), c(-1, 0.5, 0.5)))

# Groups that differ less than their members: the variance between them is 0.
d <- data.frame(cell = factor(rep(cells, 6), levels = cells), group = paste0("c", rep(1:6, each = 4)))
d$y <- round(c(150, 90, 150, 120)[as.integer(d$cell)] + rnorm(24, 0, 25), 1)
d$y <- d$y - round(ave(d$y, d$group), 1)
answers$mixed_zero <- mixed(d, contrasts)

# --- latency --------------------------------------------------------------
# Seconds to the first float of 240; those that never float are censored there.
n <- c(9, 11, 10, 12)
d <- data.frame(cell = factor(rep(cells, n), levels = cells), cohort = sample(c("c1", "c2"), sum(n), replace = TRUE))
d$time <- pmin(240, pmax(2, round(rexp(sum(n), c(1/60, 1/300, 1/80, 1/150)[as.integer(d$cell)]) / 2) * 2))
d$event <- as.integer(d$time < 240)
km <- survfit(Surv(time, event) ~ cell, d, conf.type = "log-log")
steps <- summary(km)
rmst <- summary(km, rmean = 240)$table
cox <- coxph(Surv(time, event) ~ cell, d, ties = "efron")
blocked <- coxph(Surv(time, event) ~ cell + strata(cohort), d, ties = "efron")
pair <- function(a, b) survdiff(Surv(time, event) ~ cell, d[d$cell %in% c(a, b), ])$chisq
answers$latency <- list(
  table = d, cells = cells,
  curve = data.frame(cell = sub("cell=", "", steps$strata), time = steps$time, at_risk = steps$n.risk,
                     survival = steps$surv, conf_low = steps$lower, conf_high = steps$upper),
  median = unname(rmst[, "median"]), rmst = unname(rmst[, 5]), rmst_se = unname(rmst[, 6]),
  logrank_all = survdiff(Surv(time, event) ~ cell, d)$chisq,
  logrank_strata = survdiff(Surv(time, event) ~ cell + strata(cohort), d)$chisq,
  logrank_pairs = c(pair(cells[1], cells[2]), pair(cells[3], cells[4]), pair(cells[1], cells[3])),
  cox = list(coef = unname(coef(cox)), vcov = unname(vcov(cox)), loglik = cox$loglik),
  cox_strata = list(coef = unname(coef(blocked)), vcov = unname(vcov(blocked)), loglik = blocked$loglik)
)

# The draws of a section that is gone, so that the tables below stay as they are.
n <- c(8, 10, 9, 11)
invisible(sample(c("c1", "c2", "c3"), sum(n), replace = TRUE)); invisible(rnorm(sum(n), 0, 0.6))

# --- dose curves ----------------------------------------------------------
curve <- function(x, b, t, e, h) b + (t - b) / (1 + (e / x)^h)
d <- data.frame(dose = rep(c(0, 0.3, 1, 3, 10, 30), each = 8))
d$y <- round(ifelse(d$dose == 0, 90, curve(pmax(d$dose, 1e-9), 90, 160, 3, 1.5)) + rnorm(48, 0, 18), 1)
fit <- nls(y ~ ifelse(dose == 0, b, curve(pmax(dose, 1e-9), b, t, exp(le), h)), d,
           start = list(b = 90, t = 160, le = log(3), h = 1.5), control = nls.control(tol = 1e-9, maxiter = 500))
p <- coef(fit); se <- summary(fit)$coefficients[, 2]
# The profile interval by its definition, because profile.nls gives up on the slope.
least <- function(le) {
  loss <- function(lh) {
    x <- ifelse(d$dose == 0, 0, curve(pmax(d$dose, 1e-9), 0, 1, exp(le), exp(lh)))
    deviance(lm(d$y ~ x))
  }
  min(sapply(seq(log(0.3), log(20), length.out = 12), function(at)
    optimize(loss, at + c(-0.4, 0.4), tol = 1e-10)$objective))
}
limit <- deviance(fit) * (1 + qf(0.95, 1, nrow(d) - 4) / (nrow(d) - 4))
end <- function(from, to) uniroot(function(le) least(le) - limit, c(from, to), tol = 1e-9)$root
interval <- c(end(log(0.05), p[["le"]]), end(p[["le"]], log(250)))
answers$dose_curve <- list(table = d, estimate = c(p[["b"]], p[["t"]], exp(p[["le"]]), p[["h"]]),
                           std_error = c(se[["b"]], se[["t"]], exp(p[["le"]]) * se[["le"]], se[["h"]]),
                           ed50_interval = exp(interval), rss = deviance(fit))

answers$made_with <- list(R = R.version.string, lmerTest = as.character(packageVersion("lmerTest")),
                          survival = as.character(packageVersion("survival")),
                          sandwich = as.character(packageVersion("sandwich")))
write(toJSON(answers, digits = 14, auto_unbox = TRUE, dataframe = "columns", matrix = "rowmajor"),
      file.path(here, "models.json"))
