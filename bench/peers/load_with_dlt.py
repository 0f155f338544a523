"""Loads clean files with dlt, its fastest documented way for CSV into PostgreSQL: Arrow tables and a CSV loader file."""
import os
import sys

import dlt
import pyarrow.csv as csv


def rows(table):
    with csv.open_csv(f"{sys.argv[1]}/{table}.csv") as reader:
        for batch in reader:
            yield batch


pipeline = dlt.pipeline(
    pipeline_name="bench",
    pipelines_dir=os.path.join(sys.argv[1], ".dlt"),
    destination=dlt.destinations.postgres(os.environ["DATABASE_URL"]),
    dataset_name="peer",
)
tables = ["customers", "products", "orders", "order_items"]
pipeline.run(
    [dlt.resource(rows(table), name=table, write_disposition="replace") for table in tables],
    loader_file_format="csv",
)
