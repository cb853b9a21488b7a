// A run on an MLflow tracking server, over its REST interface (mlflow.org/docs, "REST API" 2.0). A thread of its own
// sends what the journal holds; training only appends to the journal. Kept in OUTPUT/mlflow/journal.jsonl. Artifacts go
// through the server itself ("mlflow-artifacts:"), to no store of files beside it.
#pragma once

#include <memory>

#include "base/sinks.hpp"
#include "http/http_client.hpp"
#include "tracking/tracker.hpp"

namespace intelia {

/**
 * The server of MLFLOW_TRACKING_URI, with MLFLOW_TRACKING_USERNAME and _PASSWORD or MLFLOW_TRACKING_TOKEN; each may be
 * in a file that NAME_FILE names; MLFLOW_TRACKING_SERVER_CERT_PATH: certificates to trust. Error{usage}.
 */
HttpServer mlflow_server_from_environment();

/** Asks the server once, before the work: Error{usage} when it refuses the credentials or is no MLflow server; when it
   is away, a warning and the tracker all the same. `sends_weights`: the adapter's, too. */
std::unique_ptr<Tracker> make_mlflow(const TrackedRun& run, const HttpServer& server, const std::string& experiment,
                                     bool sends_weights, Log& log);

}  // namespace intelia
