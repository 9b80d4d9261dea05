"""What a person opens after a comparison: one page of tables and pictures, of figures that no model was fitted on."""
