-- For wrk: sends the bytes of a file again and again, and prints what came of it as a line of JSON.
local bytes

function init(args)
  local file = assert(io.open(args[1], 'rb'))
  bytes = file:read('*a')
  file:close()
end

function request()
  return bytes
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"p50":%d,"p99":%d,"requests":%d,"failed":%d}\n',
    latency:percentile(50), latency:percentile(99), summary.requests, failed))
end
