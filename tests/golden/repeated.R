# R's answers for the two examples with repeated measures: lmerTest's contrasts of the
# cell means with a random intercept of the animal (REML, Satterthwaite's df).
# From the repository's root: Rscript tests/golden/repeated.R > tests/golden/repeated.json
suppressMessages(library(lmerTest))

read <- function(design, outcome, key) {
  folder <- file.path("configs", design)
  merge(read.csv(file.path(folder, "trials.csv")), read.csv(file.path(folder, outcome)), by = key)
}

answer <- function(data, cell, weights) {
  data$cell <- factor(cell)
  model <- lmer(immobility_s ~ 0 + cell + (1 | animal_id), data)
  found <- contest1D(model, weights[levels(data$cell)])
  as.numeric(found[c("Estimate", "Std. Error", "df", "t value", "Pr(>|t|)")])
}

times <- read("repeated_times", "immobility.csv", "trial_id")
cell <- paste(times$treatment, times$time_after)
pair <- setNames(rep(0, 8), sort(unique(cell)))
pair[c("saline 24 h", "ketamine 24 h", "saline 7 d", "ketamine 7 d")] <- c(1, -1, -1, 1)

bins <- read("time_bins", "bins.csv", "animal_id")
groups <- c("vehicle vehicle", "vehicle ketamine", "NBQX vehicle", "NBQX ketamine")
starts <- c(120, 180, 240, 300)
third <- trend <- setNames(rep(0, 16), as.vector(outer(groups, starts, paste)))
third[paste(groups, 240)] <- c(1, -1, -1, 1)
minutes <- (starts - mean(starts)) / 60
for (bin in 1:4) {
  trend[paste(groups, starts[bin])] <- c(1, -1, -1, 1) * minutes[bin] / sum(minutes^2)
}
layout <- paste(bins$pretreatment, bins$treatment, bins$start_s)

show <- function(name, numbers) {
  sprintf('  "%s": [%s]', name, paste(format(numbers, digits = 12), collapse = ", "))
}
cat("{\n", paste(c(
  show("K: ketamine: 24 h - 7 d", answer(times, cell, pair)),
  show("I_240 to 300 s", answer(bins, layout, third)),
  show("trend of I", answer(bins, layout, trend))
), collapse = ",\n"), "\n}\n", sep = "")
