-- wrk -s requests.lua URL -- FILE START: sends the prepared requests of a file, one after another, from START on.
-- A line is: method, path, headers (`name:value`, separated by `|`) and body, separated by tabs.
local requests, at = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local method, path, headers, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
    local given = {}
    for name, value in headers:gmatch("([^|:]+):([^|]*)") do given[name] = value end
    requests[#requests + 1] = wrk.format(method, path, given, body ~= "" and body or nil)
  end
  at = tonumber(args[2])
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\nJSON {"requests":%d,"seconds":%f,"p50":%f,"p95":%f,"p99":%f,"failed":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
