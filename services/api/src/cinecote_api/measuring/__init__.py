"""What is found out about the served models from what they were asked and answered, behind everybody's back."""
