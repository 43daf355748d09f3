# Seconds that R's surveillance needs for one week of one series: name=seconds a line. Argument: a CSV file, one series a line.
suppressPackageStartupMessages(library(surveillance))
counts <- as.matrix(read.csv(commandArgs(TRUE)[1], header = FALSE))
weeks <- ncol(counts)
monday <- as.numeric(as.Date("2018-01-01")) + 7 * (seq_len(weeks) - 1)
series <- lapply(seq_len(nrow(counts)), function(i)
  sts(observed = counts[i, ], epoch = monday, epochAsDate = TRUE, frequency = 52, start = c(2018, 1)))
noufaily <- list(range = weeks, b = 5, w = 3, noPeriods = 10, pastWeeksNotIncluded = 26, weightsThreshold = 2.58,
                 pThresholdTrend = 1, thresholdMethod = "nbPlugin", glmWarnings = FALSE)
detectors <- list(
  farrington = function(s) farrington(s, control = list(range = weeks, b = 5, w = 3)),
  flexible_default = function(s) farringtonFlexible(s, control = list(range = weeks, b = 5, w = 3, glmWarnings = FALSE)),
  flexible_noufaily = function(s) farringtonFlexible(s, control = noufaily),
  flexible_muan = function(s) farringtonFlexible(s, control = modifyList(noufaily, list(thresholdMethod = "muan"))),
  flexible_oldFarrington = function(s) farringtonFlexible(s, control = list(range = weeks, b = 5, w = 3, weightsThreshold = 1, glmWarnings = FALSE)))
for (name in names(detectors)) {
  run <- function(s) suppressWarnings(detectors[[name]](s))
  invisible(run(series[[1]]))
  elapsed <- system.time(for (s in series) run(s))[["elapsed"]]
  cat(name, "=", elapsed / length(series), "\n", sep = "")
}
