"""Scikit-learn estimators of CinéCote's own."""
