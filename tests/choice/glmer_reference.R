# Rscript glmer_reference.R <csv> <agent>: logit of the first column on the others with a random
# intercept of the agent, 15 adaptive nodes. Prints coefficients, standard deviation and
# log-likelihood, then the coefficients' standard errors.
suppressMessages(library(lme4))
arguments <- commandArgs(TRUE)
choices <- read.csv(arguments[1])
covariates <- setdiff(names(choices)[-1], arguments[2])
formula <- reformulate(c(covariates, sprintf("(1 | %s)", arguments[2])), names(choices)[1])
tight <- glmerControl(
  optimizer = "bobyqa", optCtrl = list(rhobeg = 1e-2, rhoend = 1e-10, maxfun = 1e6)
)
fitted <- glmer(formula, choices, family = binomial, nAGQ = 15, control = tight)
deviation <- sqrt(unlist(VarCorr(fitted)))
cat(sprintf("%.10f", c(fixef(fitted), deviation, logLik(fitted))), "\n")
cat(sprintf("%.10f", sqrt(diag(as.matrix(vcov(fitted))))), "\n")
