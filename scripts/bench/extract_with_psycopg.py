"""The careful script that `intelia extract` replaces: psycopg 3, a server-side cursor, json.dumps line by line."""
import json
import os
import sys
import zlib

import psycopg

query, folder = sys.argv[1:]
with psycopg.connect(os.environ["DATABASE_URL"]) as connection, \
     open(f"{folder}/train.jsonl", "w", encoding="utf-8") as train, \
     open(f"{folder}/validation.jsonl", "w", encoding="utf-8") as validation:
    cursor = connection.cursor(name="conversations")
    cursor.itersize = 2000
    cursor.execute(query)
    for conversation_id, messages, rating, created_at, language in cursor:
        if len(messages) < 3:
            continue
        turns = [{"role": message["role"], "content": message["content"]}
                 for message in messages if message["role"] in ("user", "assistant")]
        if len(turns) < 2:
            continue
        rating = float(rating)
        record = {"messages": turns,
                  "metadata": {"conversation_id": conversation_id,
                               "rating": int(rating) if rating.is_integer() else rating,
                               "source": "intelia_production",
                               "language": language,
                               "created_at": created_at.isoformat().replace("+00:00", "Z")}}
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        # XXH64 is not in Python's library; the side differs from intelia's, the lines do not.
        side = train if zlib.crc32(conversation_id.encode()) % 10 else validation
        side.write(line + "\n")
