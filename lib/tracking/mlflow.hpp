// A run on an MLflow tracking server, over its REST API 2.0 (mlflow.org/docs). Training appends to the journal
// OUTPUT/mlflow/journal.jsonl, a background thread sends it. Artifacts are uploaded through the server
// ("mlflow-artifacts:"), not to a separate artifact store.
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

/** Contacts the server once: Error{usage} when it refuses the credentials or is not an MLflow server; when it is
   unavailable, logs a warning. `sends_weights`: uploads the adapter's weights, too. */
std::unique_ptr<Tracker> make_mlflow(const TrackedRun& run, const HttpServer& server, const std::string& experiment,
                                     bool sends_weights, Log& log);

}  // namespace intelia
