-- SPDX-License-Identifier: Apache-2.0
-- A wrk script: reports of GUESTS guests in turn (MODE=report), heartbeats of ONLY (MODE=heartbeat), or decisions on guests
-- picked at random (MODE=decide). BODY is the facts document; @ID@ in it is the guest's id, @SEQ@ counts up.
local mode, guests = os.getenv("MODE"), tonumber(os.getenv("GUESTS"))
local only, first = os.getenv("ONLY"), tonumber(os.getenv("FIRST") or "0")
-- Cut once: to look for the places in every report costs the generator more than the rest of it.
local head, middle, tail, id_first
if os.getenv("BODY") then
  local file = assert(io.open(os.getenv("BODY"), "rb"))
  local body = file:read("*a")
  file:close()
  local at_id, end_id = assert(body:find("@ID@", 1, true))
  local at_seq, end_seq = assert(body:find("@SEQ@", 1, true))
  id_first = at_id < at_seq
  if not id_first then at_id, end_id, at_seq, end_seq = at_seq, end_seq, at_id, end_id end
  head, middle, tail = body:sub(1, at_id - 1), body:sub(end_id + 1, at_seq - 1), body:sub(end_seq + 1)
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
    local text = head .. (id_first and guest or n) .. middle .. (id_first and n or guest) .. tail
    return wrk.format("PUT", "/v1/guests/" .. guest .. "/facts", headers, text)
  elseif mode == "heartbeat" then
    return wrk.format("POST", "/v1/guests/" .. only .. "/heartbeat", headers,
      '{"facts_digest":"' .. os.getenv("DIGEST") .. '"}')
  end
  local guest = only or id(math.random(0, guests - 1))
  return wrk.format("POST", "/v1/decisions", headers,
    '{"operation":"create_whole_image","request":{"name":"b","instance_id":"' .. guest .. '"}}')
end
