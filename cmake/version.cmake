# What this build is: VERSION and GIT_SHA of the environment, as build arguments of an image.
set(SY_VERSION dev)
set(SY_GIT_SHA "")
if(DEFINED ENV{VERSION} AND NOT "$ENV{VERSION}" STREQUAL "")
  set(SY_VERSION "$ENV{VERSION}")
endif()
if(DEFINED ENV{GIT_SHA})
  set(SY_GIT_SHA "$ENV{GIT_SHA}")
endif()
