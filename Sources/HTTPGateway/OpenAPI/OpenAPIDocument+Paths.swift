extension OpenAPIDocument {
    /// Each may also be answered as `Refused`: by what is looked at before any route.
    static let pathsText = #"""
        {
          "/batches": {
            "get": {
              "operationId": "listBatches",
              "summary": "Batches that have not ended, the newest first; at most 1,000.",
              "parameters": [
                {"name": "ended", "in": "query", "description": "Those that ended last as well.",
                 "schema": {"type": "string", "enum": ["true", "false"]}}
              ],
              "responses": {
                "200": {"description": "The batches.", "content": {"application/json": {
                  "schema": {"type": "array", "items": {"$ref": "#/components/schemas/BatchDetail"}}}}},
                "400": {"$ref": "#/components/responses/BadRequest"},
                "503": {"$ref": "#/components/responses/NoCoordinator"},
                "default": {"$ref": "#/components/responses/Refused"}
              }
            },
            "post": {
              "operationId": "submitBatch",
              "summary": "Submits a batch. With an id of your own it is safe to repeat.",
              "requestBody": {"required": true, "content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/SubmittedBatch"}}}},
              "responses": {
                "201": {"description": "It is durable.",
                  "headers": {"Location": {"description": "Of the batch.", "schema": {"type": "string"}}},
                  "links": {
                    "status": {"operationId": "getBatch", "parameters": {"id": "$response.body#/event/batchId"}},
                    "events": {"operationId": "followBatch", "parameters": {"id": "$response.body#/event/batchId"}}
                  },
                  "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BatchDetail"}}}},
                "400": {"$ref": "#/components/responses/BadRequest"},
                "403": {"$ref": "#/components/responses/TypeNotAllowed"},
                "409": {"$ref": "#/components/responses/Conflict"},
                "413": {"$ref": "#/components/responses/TooLarge"},
                "415": {"$ref": "#/components/responses/NotJSON"},
                "503": {"$ref": "#/components/responses/NoCoordinator"},
                "default": {"$ref": "#/components/responses/Refused"}
              }
            }
          },
          "/batches/{id}": {
            "get": {
              "operationId": "getBatch",
              "summary": "How a batch stands.",
              "parameters": [{"$ref": "#/components/parameters/id"}],
              "responses": {
                "200": {"description": "The batch.", "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/BatchDetail"}}}},
                "400": {"$ref": "#/components/responses/BadRequest"},
                "404": {"$ref": "#/components/responses/Unknown"},
                "410": {"$ref": "#/components/responses/Forgotten"},
                "503": {"$ref": "#/components/responses/NoCoordinator"},
                "default": {"$ref": "#/components/responses/Refused"}
              }
            }
          },
          "/batches/{id}/events": {
            "get": {
              "operationId": "followBatch",
              "summary": "The batch's state now, then each newer one; closed after its end.",
              "parameters": [
                {"$ref": "#/components/parameters/id"}, {"$ref": "#/components/parameters/lastEventID"}
              ],
              "responses": {
                "200": {"$ref": "#/components/responses/Events"},
                "400": {"$ref": "#/components/responses/BadRequest"},
                "404": {"$ref": "#/components/responses/Unknown"},
                "406": {"$ref": "#/components/responses/NotAcceptable"},
                "410": {"$ref": "#/components/responses/Forgotten"},
                "503": {"$ref": "#/components/responses/NoCoordinator"},
                "default": {"$ref": "#/components/responses/Refused"}
              }
            }
          },
          "/events": {
            "get": {
              "operationId": "followAll",
              "summary": "The states of all batches now, then each newer one; goes on for ever.",
              "parameters": [{"$ref": "#/components/parameters/lastEventID"}],
              "responses": {
                "200": {"$ref": "#/components/responses/Events"},
                "406": {"$ref": "#/components/responses/NotAcceptable"},
                "503": {"$ref": "#/components/responses/NoCoordinator"},
                "default": {"$ref": "#/components/responses/Refused"}
              }
            }
          },
          "/healthz": {
            "get": {
              "operationId": "health",
              "summary": "That the gateway lives. Needs no token.",
              "security": [],
              "responses": {
                "200": {"description": "It lives.", "content": {"application/json": {
                  "schema": {"$ref": "#/components/schemas/Health"}}}},
                "default": {"$ref": "#/components/responses/Refused"}
              }
            }
          },
          "/readyz": {
            "get": {
              "operationId": "readiness",
              "summary": "Whether the gateway hears its coordinator. Needs no token.",
              "security": [],
              "responses": {
                "200": {"description": "It is ready.", "content": {"text/plain": {
                  "schema": {"type": "string"}}}},
                "503": {"description": "What it lacks.", "content": {"text/plain": {
                  "schema": {"type": "string"}}}},
                "default": {"$ref": "#/components/responses/Refused"}
              }
            }
          },
          "/metrics": {
            "get": {
              "operationId": "metrics",
              "summary": "What is counted, in Prometheus' text format. Needs no token.",
              "security": [],
              "responses": {
                "200": {"description": "Metrics.", "content": {"text/plain": {
                  "schema": {"type": "string"}}}},
                "default": {"$ref": "#/components/responses/Refused"}
              }
            }
          },
          "/openapi.json": {
            "get": {
              "operationId": "describe",
              "summary": "This document.",
              "responses": {
                "200": {"description": "OpenAPI 3.1.", "content": {"application/json": {
                  "schema": {"type": "object"}}}},
                "default": {"$ref": "#/components/responses/Refused"}
              }
            }
          }
        }
        """#

    static let componentsText = #"""
        {
          "parameters": {
            "id": {"name": "id", "in": "path", "required": true,
              "schema": {"$ref": "#/components/schemas/BatchID"}},
            "lastEventID": {"name": "Last-Event-ID", "in": "header",
              "description": "The revision of the newest event that is known already. Anything else is passed over.",
              "schema": {"type": "string"}}
          },
          "responses": {
            "Events": {
              "description": "One event a line, or server-sent events if 'Accept' asks for them. A stream that ends before its time ends with a line that has only 'closing'.",
              "content": {
                "application/x-ndjson": {"schema": {"type": "string"}},
                "text/event-stream": {"schema": {"type": "string"}}
              }
            },
            "BadRequest": {"description": "Something in the request is wrong; 'detail' says what.",
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "TypeNotAllowed": {"description": "Operations of this type may not be submitted here.",
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "Unknown": {"description": "There is no such batch.",
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "NotAcceptable": {"description": "'Accept' allows neither form.",
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "Conflict": {"description": "The id is taken by a batch with other content.",
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "Forgotten": {"description": "It ended so long ago that it is not kept any more.",
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "TooLarge": {"description": "The body has more than 1 MiB, or something in it is too long.",
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "NotJSON": {"description": "The body is said to be something else than JSON.",
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "NoCoordinator": {"description": "No coordinator answers; ask again.",
              "headers": {"Retry-After": {"description": "Seconds.", "schema": {"type": "string"}}},
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "Refused": {
              "description": "401: no token, or a wrong one. 403: a web page of a foreign origin. 404: no such path. 405: no such method here. 421: a foreign host's name.",
              "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
          }
        }
        """#
}
