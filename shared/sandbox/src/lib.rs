//! Local clouds: an OSS, a Youku and a Function Compute host that behave like the real ones, with scripted faults.
