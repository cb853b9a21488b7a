// The lower bound for one connection: reads the COPY of $1 from the server of $DATABASE_URL and discards it.
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv) {
  PGconn* connection = PQconnectdb(getenv("DATABASE_URL"));
  if (argc != 2 || PQstatus(connection) != CONNECTION_OK) return fprintf(stderr, "%s", PQerrorMessage(connection)), 1;
  PQclear(PQexec(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  PGresult* result = PQexec(connection, argv[1]);
  if (PQresultStatus(result) != PGRES_COPY_OUT) return fprintf(stderr, "%s", PQerrorMessage(connection)), 1;
  PQclear(result);
  char* row = NULL;
  int num_bytes = 0;
  while ((num_bytes = PQgetCopyData(connection, &row, 0)) > 0) PQfreemem(row);
  if (num_bytes != -1) return fprintf(stderr, "%s", PQerrorMessage(connection)), 1;
  PQfinish(connection);
  return 0;
}
