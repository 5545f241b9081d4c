"""The same models on Apache Spark, for those whose data outgrow one machine."""
