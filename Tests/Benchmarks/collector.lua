-- SPDX-License-Identifier: Apache-2.0
-- A wrk script: reports of GUESTS guests in turn (MODE=report), heartbeats of ONLY (MODE=heartbeat), or decisions on guests
-- picked at random (MODE=decide). BODY is the facts document; @ID@ in it is the guest's id, @SEQ@ counts up.
local mode, guests = os.getenv("MODE"), tonumber(os.getenv("GUESTS"))
local only, first = os.getenv("ONLY"), tonumber(os.getenv("FIRST") or "0")
local body = ""
if os.getenv("BODY") then
  local file = assert(io.open(os.getenv("BODY"), "rb"))
  body = file:read("*a")
  file:close()
end
local headers = { ["Content-Type"] = "application/json", ["X-Auth-Token"] = os.getenv("TOKEN"),
  ["X-Project-Id"] = os.getenv("TOKEN") and "0123456789abcdef0123456789abcdef" or nil }
local n, refused = first, 0
math.randomseed(1)

local function id(i) return string.format("00000000-0000-4000-8000-%012x", i) end

function request()
  n = n + 1
  if mode == "report" then
    local guest = id(n % guests)
    local text = body:gsub("@ID@", guest):gsub("@SEQ@", tostring(n))
    return wrk.format("PUT", "/v1/guests/" .. guest .. "/facts", headers, text)
  elseif mode == "heartbeat" then
    return wrk.format("POST", "/v1/guests/" .. only .. "/heartbeat", headers,
      '{"facts_digest":"' .. os.getenv("DIGEST") .. '"}')
  end
  local guest = only or id(math.random(0, guests - 1))
  return wrk.format("POST", "/v1/decisions", headers,
    '{"operation":"create_whole_image","request":{"name":"b","instance_id":"' .. guest .. '"}}')
end
