# Regenerates blocked.csv and blocked.json: R's answers for a simulated
# 2x2 with cohorts, unequal cells and unequal spread.
#
#   Rscript blocked.R          (in this folder)
#
# Needs car, clubSandwich, effectsize, emmeans and jsonlite.
suppressMessages({
  library(car)
  library(clubSandwich)
  library(emmeans)
  library(jsonlite)
})

set.seed(20)
sizes <- c(9, 6, 8, 11)
means <- c(160, 100, 165, 150)
deviations <- c(18, 35, 25, 40)
cell <- rep(1:4, sizes)
animals <- data.frame(
  animal_id = sprintf("s%02d", seq_along(cell)),
  pretreatment = c("vehicle", "vehicle", "NBQX", "NBQX")[cell],
  treatment = c("vehicle", "ketamine", "vehicle", "ketamine")[cell],
  cohort = sample(c("c1", "c2", "c3"), length(cell), replace = TRUE, prob = c(5, 3, 2))
)
shift <- c(c1 = -25, c2 = 5, c3 = 30)
animals$immobility_s <- round(
  means[cell] + shift[animals$cohort] + rnorm(length(cell), sd = deviations[cell]), 1
)
write.csv(animals, "blocked.csv", row.names = FALSE, quote = FALSE)

d <- animals
d$cell <- factor(cell)
d$cohort <- factor(d$cohort)
d$pretreatment <- factor(d$pretreatment)
d$treatment <- factor(d$treatment)

contrasts_of <- list(
  K = c(1, -1, 0, 0), Kn = c(0, 0, 1, -1), I = c(1, -1, -1, 1), A = c(1, 0, -1, 0)
)
rules <- list(
  Kn_below = c(-.5, .5, 1, -1), Kn_above = c(.5, -.5, 1, -1), Kn_remains = c(-.5, .5, 1, -1)
)

fit <- lm(immobility_s ~ 0 + cell + cohort, data = d)
hc2 <- vcovCR(fit, cluster = seq_len(nrow(d)), type = "CR2")
bell_mccaffrey <- lapply(c(contrasts_of, rules), function(w) {
  found <- linear_contrast(fit, vcov = hc2, contrasts = matrix(c(w, 0, 0), nrow = 1),
                           test = "Satterthwaite", level = .95)
  list(estimate = found$Est, std_error = found$SE, df = found$df,
       conf_low = found$CI_L, conf_high = found$CI_U)
})

# Inverse leverage by hand: R's sandwich is not needed for HC3.
x <- model.matrix(fit)
bread <- solve(crossprod(x))
h <- rowSums((x %*% bread) * x)
hc3 <- bread %*% crossprod(x * (resid(fit) / (1 - h))) %*% bread
hc3_se <- lapply(contrasts_of, function(w) sqrt(drop(t(c(w, 0, 0)) %*% hc3 %*% c(w, 0, 0))))

pooled <- lapply(contrasts_of, function(w) {
  found <- summary(contrast(emmeans(fit, "cell"), list(w)), infer = TRUE)
  list(estimate = found$estimate, std_error = found$SE, df = found$df, p_value = found$p.value,
       conf_low = found$lower.CL, conf_high = found$upper.CL)
})

options(contrasts = c("contr.sum", "contr.poly"))
crossed <- lm(immobility_s ~ pretreatment * treatment + cohort, data = d)
table_of <- function(a) {
  keep <- rownames(a) != "(Intercept)"
  data.frame(term = rownames(a)[keep], sumsq = a[["Sum Sq"]][keep], df = a[["Df"]][keep],
             statistic = a[["F value"]][keep], p_value = a[["Pr(>F)"]][keep])
}
anova <- list(II = table_of(Anova(crossed, type = 2)), III = table_of(Anova(crossed, type = 3)))

write_json(
  list(
    hc2_bm = bell_mccaffrey, hc3_se = hc3_se, pooled = pooled, anova = anova,
    shapiro = unclass(shapiro.test(resid(fit)))[c("statistic", "p.value")],
    made_with = lapply(
      c(R = "base", car = "car", clubSandwich = "clubSandwich", emmeans = "emmeans"),
      function(name) as.character(packageVersion(name))
    )
  ),
  "blocked.json", auto_unbox = TRUE, digits = I(15), pretty = TRUE, na = "null"
)
