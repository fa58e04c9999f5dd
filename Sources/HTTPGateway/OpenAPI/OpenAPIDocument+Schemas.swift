extension OpenAPIDocument {
    static let schemasText = #"""
        {
          "BatchID": {"type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$"},
          "Timestamp": {"type": "string", "format": "date-time"},
          "BatchFailure": {
            "type": "object",
            "required": ["operation", "message"],
            "properties": {
              "operation": {"type": "integer", "minimum": 0},
              "label": {"type": "string"},
              "exitCode": {"type": "integer"},
              "message": {"type": "string"}
            }
          },
          "BatchProgressEvent": {
            "type": "object",
            "description": "The whole state of a batch at one moment.",
            "required": ["batchId", "totalOperations", "completedOperations", "failedOperations", "status", "revision",
              "cancelledOperations", "retriedOperations", "progress", "updatedAt"],
            "properties": {
              "batchId": {"$ref": "#/components/schemas/BatchID"},
              "totalOperations": {"type": "integer", "minimum": 0},
              "completedOperations": {"type": "integer", "minimum": 0},
              "failedOperations": {"type": "integer", "minimum": 0},
              "currentOperation": {"type": "string"},
              "status": {"enum": ["pending", "processing", "paused", "completed", "failed", "cancelled"]},
              "errors": {"type": "array", "items": {"$ref": "#/components/schemas/BatchFailure"}},
              "revision": {"type": "integer", "minimum": 0},
              "label": {"type": "string"},
              "cancelledOperations": {"type": "integer", "minimum": 0},
              "retriedOperations": {"type": "integer", "minimum": 0},
              "progress": {"type": "number", "minimum": 0, "maximum": 1},
              "operationsPerSecond": {"type": "number", "minimum": 0},
              "estimatedSecondsRemaining": {"type": "number", "minimum": 0},
              "startedAt": {"$ref": "#/components/schemas/Timestamp"},
              "updatedAt": {"$ref": "#/components/schemas/Timestamp"},
              "cancelling": {"type": "boolean"}
            }
          },
          "BatchDetail": {
            "type": "object",
            "required": ["event", "createdAt", "sealed"],
            "properties": {
              "event": {"$ref": "#/components/schemas/BatchProgressEvent"},
              "actor": {"type": "string"},
              "interface": {"type": "string"},
              "lane": {"type": "string"},
              "retryOf": {"$ref": "#/components/schemas/BatchID"},
              "lostOperations": {"type": "integer", "minimum": 0},
              "onEnd": {"$ref": "#/components/schemas/BatchID"},
              "createdAt": {"$ref": "#/components/schemas/Timestamp"},
              "endedAt": {"$ref": "#/components/schemas/Timestamp"},
              "sealed": {"type": "boolean"},
              "typesWithoutWorker": {"type": "array", "items": {"type": "string"}},
              "firstOpenOperation": {"type": "integer", "minimum": 0}
            }
          },
          "SubmittedBatch": {
            "type": "object",
            "required": ["operations"],
            "additionalProperties": false,
            "properties": {
              "id": {"anyOf": [{"$ref": "#/components/schemas/BatchID"}, {"type": "null"}]},
              "label": {"type": ["string", "null"], "maxLength": 1000},
              "retries": {"type": ["integer", "null"], "minimum": 0, "maximum": 100},
              "operations": {"type": "array", "minItems": 1, "items": {
                "type": "object",
                "required": ["type"],
                "additionalProperties": false,
                "properties": {
                  "type": {"$ref": "#/components/schemas/OperationType"},
                  "data": {"description": "Any JSON: what it means is between you and the worker."},
                  "label": {"type": ["string", "null"], "maxLength": 1000}
                }
              }}
            }
          },
          "Health": {
            "type": "object",
            "required": ["status", "streams"],
            "properties": {
              "status": {"const": "ok"},
              "streams": {"type": "integer", "minimum": 0, "description": "How many are open."}
            }
          },
          "Problem": {
            "type": "object",
            "description": "RFC 9457.",
            "required": ["type", "title", "status", "detail"],
            "properties": {
              "type": {"type": "string"},
              "title": {"type": "string"},
              "status": {"type": "integer"},
              "detail": {"type": "string"}
            }
          }
        }
        """#
}
