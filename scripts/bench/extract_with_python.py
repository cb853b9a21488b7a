"""The script that `intelia extract` replaces, in two ways: psycopg2's fetchall, as is common, and the server-side cursor of
psycopg 3; then json.dumps line by line.

usage: extract_with_python.py fetchall|cursor QUERY FOLDER
"""
import json
import os
import sys
import zlib

way, query, folder = sys.argv[1:]
if way == "fetchall":
    import psycopg2

    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    cursor = connection.cursor()
    cursor.execute(query)
    rows = cursor.fetchall()
else:
    import psycopg

    connection = psycopg.connect(os.environ["DATABASE_URL"])
    rows = connection.cursor(name="conversations")
    rows.itersize = 2000
    rows.execute(query)

with open(f"{folder}/train.jsonl", "w", encoding="utf-8") as train, \
     open(f"{folder}/validation.jsonl", "w", encoding="utf-8") as validation:
    for conversation_id, messages, rating, created_at, language in rows:
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
        # XXH64 is not in Python's library: the split differs from intelia's, the lines do not.
        side = train if zlib.crc32(conversation_id.encode()) % 10 else validation
        side.write(line + "\n")
