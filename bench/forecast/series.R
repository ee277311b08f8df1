# bench/forecast/series.R TRAIN PERIOD HORIZON OUT [COUNT]: R's ets, thetaf and auto.arima on the same series.
suppressMessages(library(forecast))
args <- commandArgs(TRUE)
lines <- readLines(args[1]); m <- as.integer(args[2]); h <- as.integer(args[3])
if (length(args) > 4) lines <- head(lines, as.integer(args[5]))
spent <- 0
spent_arima <- 0
out <- file(args[4], "w")
for (line in lines) {
  part <- strsplit(line, ",")[[1]]
  y <- ts(as.numeric(part[-1]), frequency = m)
  spent <- spent + system.time({
    fit <- ets(y)
    f <- forecast(fit, h = h, level = c(80, 95))
  })[1]
  spent_arima <- spent_arima + system.time(ar <- forecast(auto.arima(if (m > 24) ts(y) else y), h = h)$mean)[1]
  th <- thetaf(y, h = h)$mean
  cat(sprintf("%s\t%d\t%.10g\t%.10g\t%.10g\t%.10g\t%.10g\t%.10g\t%.10g\t%.10g\t%s\t%.10g\t%.10g\t%.10g\n", part[1], 1:h,
    f$mean, th, (f$mean + th) / 2, f$lower[, 1], f$upper[, 1], f$lower[, 2], f$upper[, 2], f$mean,
    fit$method, fit$loglik, fit$aicc, ar), file = out, sep = "")
}
close(out)
cat(sprintf("%.3f\t%.3f\n", spent, spent_arima), file = stderr())
