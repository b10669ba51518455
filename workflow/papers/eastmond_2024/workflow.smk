# One district, with Project STAR on request; or several districts, each a study of its own.
if config["districts"] or config["partition"]:

    include: "several.smk"

else:

    include: "one.smk"
