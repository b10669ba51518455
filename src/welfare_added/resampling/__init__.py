"""How far results depend on the schools: a bootstrap over schools, from value added to welfare."""
