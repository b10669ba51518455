"""What leaves the project: releases of published results, looked through and described."""
