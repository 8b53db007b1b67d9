/* On paper this panel stays as the build drew it: this file stands in for the component of the default theme. */
