mod answers;
mod env;
mod faults;
mod guards;
mod inspection;
mod limits;
