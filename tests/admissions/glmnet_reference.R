# Rscript glmnet_reference.R <folder>: reads applicants.csv (outcome, fold, tract) and tracts.csv
# (tract, columns) there, and writes what glmnet makes of them: path.csv and weights.csv.
suppressMessages(library(glmnet))
folder <- commandArgs(trailingOnly = TRUE)[1]
applicants <- read.csv(file.path(folder, "applicants.csv"))
tracts <- read.csv(file.path(folder, "tracts.csv"))
x <- as.matrix(tracts[match(applicants$tract, tracts$tract), -1])
y <- applicants$outcome
glmnet.control(fdev = 0, devmax = 1)  # all 100 penalties
penalties <- glmnet(x, y)$lambda
fit <- cv.glmnet(x, y, lambda = penalties, foldid = applicants$fold + 1, thresh = 1e-15, maxit = 1e8)
path <- data.frame(penalty = fit$lambda, mean = fit$cvm, standard_error = fit$cvsd)
path$chosen <- ifelse(fit$lambda == fit$lambda.1se, "one_se",
                      ifelse(fit$lambda == fit$lambda.min, "minimum", ""))
weights <- data.frame(variable = c("intercept", colnames(x)),
                      one_se = as.numeric(coef(fit, s = "lambda.1se")),
                      minimum = as.numeric(coef(fit, s = "lambda.min")))
path[1:3] <- signif(path[1:3], 12)
weights[2:3] <- signif(weights[2:3], 12)
write.csv(path, file.path(folder, "path.csv"), row.names = FALSE, quote = FALSE)
write.csv(weights, file.path(folder, "weights.csv"), row.names = FALSE, quote = FALSE)
