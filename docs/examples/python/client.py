#!/usr/bin/env python3
"""A plain Python client of Millrace: publishes frames and labels, reads predictions.

Needs confluent_kafka and avro, nothing else. Values are Avro behind Confluent framing: a zero byte, the schema id in
four bytes big-endian, Avro binary. Schemas come over REST, from any process of the pipeline or from a schema registry.
"""

import argparse
import gzip
import io
import json
import struct
import sys
import time
import urllib.parse
import urllib.request
import uuid
import zlib
from datetime import datetime, timezone
from pathlib import Path

import avro.io
import avro.schema
from confluent_kafka import Consumer, KafkaException, Producer

CLASSES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]


class Schemas:
    """Schemas by subject and by id, each asked for once."""

    def __init__(self, url):
        self.url = url.rstrip("/")
        self.by_id = {}

    def latest(self, topic):
        """Id and schema under which values of a topic are written now."""
        answer = self._get("/subjects/" + urllib.parse.quote(topic + "-value", safe="") + "/versions/latest")
        return answer["id"], avro.schema.parse(answer["schema"])

    def schema(self, schema_id):
        """Schema under which a value was written."""
        if schema_id not in self.by_id:
            self.by_id[schema_id] = avro.schema.parse(self._get(f"/schemas/ids/{schema_id}")["schema"])
        return self.by_id[schema_id]

    def _get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as response:
            return json.load(response)


class Writer:
    """Writes values of one topic."""

    def __init__(self, schemas, topic):
        self.topic = topic
        self.schema_id, schema = schemas.latest(topic)
        self.datum = avro.io.DatumWriter(schema)

    def bytes_of(self, value):
        out = io.BytesIO(struct.pack(">bI", 0, self.schema_id))
        out.seek(0, io.SEEK_END)
        self.datum.write(value, avro.io.BinaryEncoder(out))
        return out.getvalue()


def read_value(schemas, data):
    """The record behind the framing."""
    if len(data) < 5 or data[0] != 0:
        raise ValueError("expected Confluent framing")
    schema_id = struct.unpack(">I", data[1:5])[0]
    return avro.io.DatumReader(schemas.schema(schema_id)).read(avro.io.BinaryDecoder(io.BytesIO(data[5:])))


def png(rows):
    """A grey PNG of rows of bytes."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def shape_of_png(data):
    """Channels, height and width as the header of a PNG says."""
    width, height, _, colours = struct.unpack(">IIBB", data[16:26])
    return [3 if colours in (2, 3, 6) else 1, height, width]


def fashion(directory, count):
    """Images of Fashion-MNIST as PNG, each with the name of its class."""
    with gzip.open(directory / "train-images-idx3-ubyte.gz") as images:
        with gzip.open(directory / "train-labels-idx1-ubyte.gz") as labels:
            _, available, height, width = struct.unpack(">IIII", images.read(16))
            labels.read(8)
            for _ in range(min(count, available)):
                rows = [images.read(width) for _ in range(height)]
                yield png(rows), CLASSES[labels.read(1)[0]]


def setting(text):
    """Key and value of a property of librdkafka."""
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise argparse.ArgumentTypeError(f"expected KEY=VALUE, got {key}")
    return key, value


def client(options):
    """Settings of every Kafka client."""
    return {"bootstrap.servers": options.bootstrap, **dict(options.property)}


def publish(options):
    """Publishes frames, and a label for one in so many."""
    schemas = Schemas(options.schemas)
    frames = Writer(schemas, options.prefix + "frames")
    labels = Writer(schemas, options.prefix + "labels")
    failed = []
    # murmur2: the partition that Java clients would choose for the same key.
    producer = Producer({**client(options), "enable.idempotence": True, "partitioner": "murmur2_random"})

    def send(writer, key, value):
        producer.produce(
            writer.topic,
            key=key,
            value=writer.bytes_of(value),
            on_delivery=lambda error, _: failed.append(error) if error else None,
        )
        producer.poll(0)

    samples = [(path.read_bytes(), None) for path in options.png] or fashion(options.images, options.count)
    run, labeled, index = uuid.uuid4().hex[:8], 0, -1
    for index, (data, name) in enumerate(samples):
        frame_id = f"python-{run}-{index}"
        frame = {
            "frameId": frame_id,
            "sourceId": "python",
            "capturedAt": datetime.now(timezone.utc),
            "encoding": "PNG",
            "shape": shape_of_png(data),
            "data": data,
            "blobSha256": None,
        }
        send(frames, "python", frame)
        if name and options.label_every and index % options.label_every == 0:
            label = {
                "frameId": frame_id,
                "action": "ASSIGN",
                "label": name,
                "annotator": "python",
                "labeledAt": datetime.now(timezone.utc),
            }
            send(labels, frame_id, label)
            labeled += 1
    left = producer.flush(30)
    if failed or left:
        sys.exit(f"{len(failed) + left} records were not taken: {failed[:3]}")
    print(f"published {index + 1} frames and {labeled} labels as python-{run}")


def predictions(options):
    """Prints predictions, oldest first, until there were so many or none came for a while."""
    schemas = Schemas(options.schemas)
    consumer = Consumer(
        {
            **client(options),
            "group.id": options.group or f"{options.prefix}consumer-python-{uuid.uuid4()}",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
        }
    )
    consumer.subscribe([options.prefix + "predictions"])
    seen, last = 0, time.monotonic()
    try:
        while seen < options.count and time.monotonic() - last < options.patience:
            message = consumer.poll(0.5)
            if message is None:
                continue
            if message.error():
                raise KafkaException(message.error())
            try:
                value = read_value(schemas, message.value())
            except ValueError as error:
                print(f"skipped offset {message.offset()}: {error}", file=sys.stderr)
                continue
            print(f"{value['frameId']}\t{value['label']}\t{value['confidence']:.3f}\t{value['modelVersion']}")
            seen, last = seen + 1, time.monotonic()
    finally:
        consumer.close()
    if seen < options.count:
        sys.exit(f"{seen} of {options.count} predictions came")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bootstrap", default="127.0.0.1:9092", help="Kafka broker")
    parser.add_argument("--schemas", required=True, help="address of a process of the pipeline, or of a registry")
    parser.add_argument("--prefix", default="millrace.", help="pipeline.topic.prefix")
    parser.add_argument(
        "--property",
        type=setting,
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="setting of librdkafka, such as security.protocol=SASL_SSL; may be repeated",
    )
    commands = parser.add_subparsers(required=True)
    sending = commands.add_parser("publish", help="publishes frames and labels")
    sending.add_argument("--images", type=Path, default=Path("quickstart/src/main/resources/fashion-mnist"))
    sending.add_argument("--count", type=int, default=200, help="images of Fashion-MNIST")
    sending.add_argument("--label-every", type=int, default=4, metavar="N", help="label one frame in N, none for 0")
    sending.add_argument("--png", type=Path, nargs="+", default=[], help="these files instead, without labels")
    sending.set_defaults(run=publish)
    reading = commands.add_parser("predictions", help="reads predictions")
    reading.add_argument("--group", help="consumer group; else a new one that starts with PREFIXconsumer-python-")
    reading.add_argument("--count", type=int, default=200, help="ends after so many")
    reading.add_argument("--patience", type=float, default=60, help="seconds without any before it gives up")
    reading.set_defaults(run=predictions)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
