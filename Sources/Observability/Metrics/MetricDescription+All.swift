extension MetricDescription {
    /// Every metric of every process. docs/operations.md has the same list, with what to make of each.
    package static let all = coordinator + worker + client + http + matrix + process

    private static let coordinator = [
        MetricDescription(
            "tally_operations_added_total", .counter, "Operations that were added to batches."),
        MetricDescription(
            "tally_operations_ended_total", .counter, "Operations that ended for good, by how they did."),
        MetricDescription(
            "tally_operations_retried_total", .counter,
            "Operations that failed or were lost once, and were tried again."),
        MetricDescription(
            "tally_operations_lost_total", .counter,
            "Operations that failed because their workers were lost."),
        MetricDescription(
            "tally_operations_waiting", .gauge, "Operations that no worker holds and that have not ended."),
        MetricDescription("tally_operations_granted", .gauge, "Operations that workers hold."),
        MetricDescription("tally_batches_accepted_total", .counter, "Batches that were accepted."),
        MetricDescription(
            "tally_batches_ended_total", .counter, "Batches that ended, by the status they ended with."),
        MetricDescription("tally_batches_active", .gauge, "Batches that have not ended, by status."),
        MetricDescription("tally_workers", .gauge, "Workers that are heard from."),
        MetricDescription("tally_worker_slots", .gauge, "Operations that all those workers can run at once."),
        MetricDescription("tally_clients", .gauge, "Clients and gateways that are heard from."),
        MetricDescription("tally_events_published_total", .counter, "Events that were published."),
        MetricDescription(
            "tally_events_coalesced_total", .counter,
            "Changes of batches that no event told of by itself: a later one tells of several."),
        MetricDescription(
            "tally_messages_rejected_total", .counter,
            "Messages that were thrown away or answered with an error, by socket."),
        MetricDescription(
            "tally_keys_refused_total", .counter, "Connections that were refused for their key, by socket."),
        MetricDescription(
            "tally_commit_seconds", .shortTimes, "How long the store took to make changes durable."),
        MetricDescription("tally_commits_refused_total", .counter, "Commits that the store refused."),
        MetricDescription(
            "tally_turn_seconds", .shortTimes, "How long one turn held the coordinator's loop."),
        MetricDescription("tally_store_bytes", .gauge, "Size of the store, with its log."),
    ]

    private static let worker = [
        MetricDescription(
            "tally_worker_operations_total", .counter, "Operations that ended in this worker, by how."),
        MetricDescription(
            "tally_worker_operation_seconds", .longTimes, "How long operations ran in this worker."),
        MetricDescription(
            "tally_worker_operations_running", .gauge, "Operations that run in this worker now."),
        MetricDescription(
            "tally_worker_reports_unacknowledged", .gauge,
            "Reports that this worker keeps until the coordinator has them on disk."),
    ]

    /// Of workers and gateways alike.
    private static let client = [
        MetricDescription(
            "tally_coordinator_connected", .gauge, "1 while the coordinator is heard from, else 0."),
        MetricDescription(
            "tally_mirror_events_total", .counter, "Events that the mirror of all batches took."),
        MetricDescription(
            "tally_mirror_gaps_total", .counter, "How often the mirror had missed something, and mended that."
        ),
        MetricDescription("tally_mirror_snapshots_total", .counter, "Snapshots that the mirror fetched."),
        MetricDescription(
            "tally_mirror_readers", .gauge, "Readers of the mirror: streams, rooms, assistants."),
    ]

    private static let http = [
        MetricDescription("tally_http_requests_total", .counter, "HTTP requests, by the answer's status."),
        MetricDescription("tally_http_connections", .gauge, "HTTP connections that are open."),
        MetricDescription("tally_http_streams", .gauge, "Streams of events that are open, those of MCP too."),
    ]

    private static let matrix = [
        MetricDescription(
            "tally_matrix_messages_total", .counter, "What rooms were sent, and the homeserver took, by kind."
        ),
        MetricDescription(
            "tally_matrix_requests_total", .counter,
            "Requests to the homeserver, by result; limited is its status 429."),
        MetricDescription("tally_matrix_connected", .gauge, "1 while the homeserver answers, else 0."),
    ]

    /// Names and meanings that all of Prometheus' client libraries share:
    /// https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics
    private static let process = [
        MetricDescription(
            "tally_build_info", .gauge, "1, with the version of the program and of its protocol."),
        MetricDescription(
            "process_cpu_seconds_total", .counter, "Total user and system CPU time spent in seconds."),
        MetricDescription("process_resident_memory_bytes", .gauge, "Resident memory size in bytes."),
        MetricDescription("process_virtual_memory_bytes", .gauge, "Virtual memory size in bytes."),
        MetricDescription("process_open_fds", .gauge, "Number of open file descriptors."),
        MetricDescription("process_max_fds", .gauge, "Maximum number of open file descriptors."),
        MetricDescription("process_threads", .gauge, "Number of operating system threads."),
        MetricDescription(
            "process_start_time_seconds", .gauge,
            "Start time of the process since unix epoch in seconds."),
    ]
}
